import { createBrowserRouter, Navigate, Outlet, useOutletContext } from 'react-router'
import { applyFleetChange, fleetChanges, useLive, type Fleet, type Live } from '../api/index.ts'
import { FleetPage, problemsOf } from '../fleet/index.ts'
import { MapPage } from '../map/index.ts'
import { Shell } from './Shell.tsx'

const noVariables = {}
const reduceFleet = (
  known: Fleet | null,
  { fleetChanged }: { fleetChanged: Parameters<typeof applyFleetChange>[1] },
) => applyFleetChange(known, fleetChanged, Date.now())

function Frame() {
  const fleet = useLive(fleetChanges, noVariables, reduceFleet)
  const troubles = (fleet.value?.clusters ?? []).filter((c) => problemsOf(c).length > 0).length
  return (
    <Shell troubles={troubles}>
      <Outlet context={fleet} />
    </Shell>
  )
}

function FleetRoute() {
  return <FleetPage fleet={useOutletContext<Live<Fleet>>()} />
}

function MapRoute() {
  return <MapPage fleet={useOutletContext<Live<Fleet>>()} />
}

/** Every page has its address; what a page shows is in its query. */
export function createRouter() {
  return createBrowserRouter([
    {
      element: <Frame />,
      children: [
        { path: '/fleet', element: <FleetRoute /> },
        { path: '/map', element: <MapRoute /> },
        { path: '*', element: <Navigate to="/map" replace /> },
      ],
    },
  ])
}
