/** Starts one cluster of process pods with a demo pod, says where it is, and waits to be killed. */
import { demoNamespace, demoWorkload } from '../../rig/demo/index.ts'
import { startPodFleet, untilReady } from '../../rig/pods/index.ts'

const fleet = await startPodFleet([{ name: 'one', network: 'one', provider: 'k3s' }])
const [one] = fleet.clusters
await one?.cluster.client.apply([
  demoNamespace('demo', {}),
  ...demoWorkload('demo', { name: 'demo' }),
])
if (one !== undefined) await untilReady(one.api, 'demo', 'demo')
console.log(JSON.stringify({ run: fleet.run, dir: fleet.dir }))
