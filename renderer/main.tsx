import './app/oldEngines.ts'
import '@patternfly/react-core/dist/styles/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/index.ts'
import { startTheme } from './view/index.ts'
// After all of PatternFly's, so that it can refine them.
import './app/app.css'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no element with id "root".')
startTheme()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
