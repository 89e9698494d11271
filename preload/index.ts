import { contextBridge, ipcRenderer } from 'electron'
import { sessionCodeChannel, type SmmDesktop } from './desktop.ts'

const desktop: SmmDesktop = {
  async sessionCode() {
    const code: unknown = await ipcRenderer.invoke(sessionCodeChannel)
    if (typeof code !== 'string') throw new Error('The application gave no session code.')
    return code
  },
}

contextBridge.exposeInMainWorld('smm', desktop)
