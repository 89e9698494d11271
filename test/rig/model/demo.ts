import { answered, createBuilder, hungUp, notArrived } from './builder.ts'
import { addAmbient, addOutside, callAdder, serviceAdder } from './demo-calls.ts'
import type { Mix } from './demo-calls.ts'
import {
  addNamespaces,
  addWorkloads,
  demoClock,
  demoClusters,
  demoTides,
  incident,
} from './demo-workloads.ts'
import type { Topology } from './topology.ts'

/** The demo shop: about a dozen services over three clusters, hand-made to look like a fleet one would meet. */
export function demoTopology(): Topology {
  const builder = createBuilder(demoClusters, demoClock)
  addNamespaces(builder)
  const at = addWorkloads(builder)
  const service = serviceAdder(builder)
  const { call, request } = callAdder(builder)
  const { e, w, o } = at

  // Users arrive at two gateways.
  builder.entry({ workload: e.ingress, ratePerSecond: 96, tide: demoTides.east })
  builder.entry({ workload: w.ingress, ratePerSecond: 54, tide: demoTides.west })
  const storefront = service('shop', 'storefront', 'http', ['eks-east', 'gke-west'])
  const upset = answered('500', incident(0, 0.001, 0.003, 0.001))
  const visitors = [answered('404', 0.021), hungUp(incident(0, 0.001, 0.004, 0.001)), upset]
  request(e.ingress, 0.94, storefront, [
    [e.storefrontV1, 0.7, visitors],
    [e.storefrontV2, 0.3, visitors],
  ])
  request(w.ingress, 0.93, storefront, [[w.storefrontV2, 1, [answered('404', 0.018)]]])

  const catalog = service('shop', 'catalog', 'http', ['eks-east', 'gke-west'])
  const catalogEast: Mix[] = [
    [e.catalogV1, 0.5],
    [e.catalogV2, 0.4],
    [w.catalogV3, 0.1],
  ]
  const search = service('shop', 'search', 'grpc', ['gke-west'])
  const searching = [notArrived('UO', incident(0, 0.004, 0.012, 0), 'grpc')]
  const cart = service('shop', 'cart', 'http', ['eks-east', 'gke-west'])
  const recommendations = service('shop', 'recommendations', 'http', ['gke-west'])
  for (const source of [e.storefrontV1, e.storefrontV2]) {
    request(source, 0.8, catalog, catalogEast, { responseBytes: 18_400 })
    request(source, 0.25, cart, [[e.cart, 1]])
    call(source, 0.3, search, 'grpc', [[w.search, 1, searching]])
    request(source, 0.35, recommendations, [
      [
        w.recommendations,
        1,
        source === e.storefrontV2 ? [notArrived('URX', 0.005)] : [],
        source === e.storefrontV2 ? 'destination' : null,
      ],
    ])
  }
  request(w.storefrontV2, 0.75, catalog, [[w.catalogV3, 1]], { responseBytes: 18_400 })
  request(w.storefrontV2, 0.2, cart, [[w.cart, 1]])
  call(w.storefrontV2, 0.3, search, 'grpc', [[w.search, 1, searching]])
  request(w.storefrontV2, 0.4, recommendations, [[w.recommendations, 1]])
  const wishlist = service('shop', 'wishlist', 'http', ['eks-east'])
  builder.call({
    source: e.storefrontV2,
    demand: { kind: 'perRequest', ratio: 0.02 },
    destination: { kind: 'service', service: wishlist },
    routes: [{ target: null, outcomes: [notArrived('UH', 1)] }],
  })

  const checkout = service('shop', 'checkout', 'http', ['eks-east'])
  const shaken = [answered('503', incident(0, 0.008, 0.02, 0.005)), answered('409', 0.012)]
  const checkouts: Mix[] = [
    [e.checkoutV1, 0.8, shaken],
    [e.checkoutV2, 0.2, shaken],
  ]
  request(e.cart, 0.4, checkout, checkouts)
  request(w.cart, 0.4, checkout, checkouts)
  const coupons = service('shop', 'coupons', 'http', ['eks-east'])
  request(e.cart, 0.15, coupons, [[e.coupons, 1, [answered('500', 0.34)]]])
  const sessions = service('data', 'sessions-redis', 'tcp', ['eks-east', 'gke-west'])
  call(e.cart, 1, sessions, 'tcp', [[e.sessions, 1]], { requestBytes: 340, responseBytes: 1250 })
  call(w.cart, 1, sessions, 'tcp', [[w.sessions, 1]], { requestBytes: 340, responseBytes: 1250 })

  const payments = service('payments', 'payments', 'http', ['eks-east'])
  const failing = [notArrived('UF', incident(0, 0.03, 0.08, 0.02)), answered('402', 0.015)]
  const paying: Mix[] = [
    [e.paymentsV1, 0.75, [answered('402', 0.015)]],
    [e.paymentsV2, 0.25, failing],
  ]
  const orders = service('data', 'orders-db', 'tcp', ['onprem'])
  const inventory = service('data', 'inventory', 'http', ['onprem'])
  for (const source of [e.checkoutV1, e.checkoutV2]) {
    request(source, 1, payments, paying)
    call(source, 1.2, orders, 'tcp', [[o.orders, 1]], { requestBytes: 2100, responseBytes: 5300 })
    request(source, 1, inventory, [[o.inventory, 1, [], source === e.checkoutV2 ? 'source' : null]])
  }
  request(w.catalogV3, 0.1, inventory, [[o.inventory, 1]])

  const fraud = service('payments', 'fraud', 'grpc', ['gke-west'])
  const ledger = service('payments', 'ledger', 'grpc', ['onprem'])
  const egress = service('istio-system', 'istio-egressgateway', 'http', ['eks-east'])
  const doubts: Mix[] = [
    [w.fraudV1, 0.6],
    [w.fraudV2, 0.4, [answered('200', incident(0, 0.01, 0.02, 0), '4')]],
  ]
  for (const source of [e.paymentsV1, e.paymentsV2]) {
    call(source, 0.9, fraud, 'grpc', doubts)
    call(source, 1, ledger, 'grpc', [[o.ledger, 1]])
    request(source, 0.6, egress, [[e.egress, 1]])
  }
  call(o.ledger, 2, orders, 'tcp', [[o.orders, 1]], { requestBytes: 900, responseBytes: 1400 })
  addOutside(builder, e.egress, w.recommendations, o.inventory, inventory, o)
  addAmbient(builder, service, w)
  return builder.build()
}
