/** A mapping says, as data, how one kind of source event becomes a Klaviyo metric. */
export interface MetricMapping {
  readonly metric: string
}
