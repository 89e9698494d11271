/** Why a Prometheus gave no usable answer: `message` says what failed, `remedy` what to do next. */
export class PrometheusError extends Error {
  readonly remedy: string | null

  constructor(message: string, remedy: string | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PrometheusError'
    this.remedy = remedy
  }
}
