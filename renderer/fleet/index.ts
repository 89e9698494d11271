export { FleetPage } from './FleetPage.tsx'
export { problemsOf } from './summary.ts'
