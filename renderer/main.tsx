import './app/oldEngines.ts'
import '@patternfly/react-core/dist/styles/base.css'
import './app/app.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/index.ts'
import { startTheme } from './view/index.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no element with id "root".')
startTheme()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
