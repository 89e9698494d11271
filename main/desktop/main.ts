import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, Menu, session, shell } from 'electron'
import { sessionCodeChannel } from '../../preload/desktop.ts'
import { sourceFlags } from './arguments.ts'
import { startBackend, type Backend } from './backend.ts'
import { denyPermissions, guardContents, isOwnPage } from './guard.ts'
import { menuTemplate } from './menu.ts'

/** How often a dying backend is started again within a minute before the user is asked. */
const restartsPerMinute = 3

let window: BrowserWindow | null = null
let backend: Backend | null = null
let quitting = false
const restarts: number[] = []

// With --no-sandbox (tests as root only) asking for the sandbox would crash-loop.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized() === true) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (quitting) return
    quitting = true
    event.preventDefault()
    void (backend?.stop() ?? Promise.resolve()).finally(() => app.quit())
  })
  guardContents(
    app,
    () => backend?.url ?? null,
    (url) => void shell.openExternal(url),
  )
  void app.whenReady().then(open)
} else {
  app.quit()
}

async function open(): Promise<void> {
  denyPermissions(session.defaultSession)
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)))
  ipcMain.handle(sessionCodeChannel, (event) => {
    const sender = event.senderFrame?.url ?? ''
    if (backend === null || !isOwnPage(sender, backend.url)) {
      throw new Error('Only the application’s own page may ask for a session.')
    }
    return backend.sessionCode()
  })
  await serve()
}

/** Starts (or restarts) the backend and shows its page. */
async function serve(): Promise<void> {
  const root = app.getAppPath()
  try {
    backend = await startBackend(
      join(root, 'out/backend/backend.mjs').replace('app.asar', 'app.asar.unpacked'),
      sourceFlags(process.argv),
      root,
    )
  } catch (error) {
    askAfterFailure(error instanceof Error ? error.message : String(error))
    return
  }
  void backend.ended.then((code) => {
    backend = null
    if (quitting) return
    const now = Date.now()
    restarts.push(now)
    if (restarts.filter((at) => now - at < 60_000).length > restartsPerMinute) {
      askAfterFailure(`The backend ended several times (last with code ${code}).`)
      return
    }
    void serve()
  })
  window ??= createWindow()
  const { url } = backend
  try {
    await window.loadURL(url)
    process.send?.({ type: 'window', url })
  } catch {
    // The window was closed, or the backend ended, while the page loaded: both have their own way on.
  }
}

function createWindow(): BrowserWindow {
  const created = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Service Mesh Manager',
    backgroundColor: '#151515',
    webPreferences: {
      preload: join(__dirname, 'preload.cjs'),
      contextIsolation: true,
      nodeIntegration: false,
      sandbox: true,
      webviewTag: false,
      spellcheck: false,
    },
  })
  created.once('ready-to-show', () => created.show())
  created.on('closed', () => {
    window = null
  })
  return created
}

function askAfterFailure(message: string): void {
  const choice = dialog.showMessageBoxSync({
    type: 'error',
    message: 'Service Mesh Manager could not start its backend.',
    detail: message,
    buttons: ['Try again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  })
  if (choice === 0) void serve()
  else app.quit()
}
