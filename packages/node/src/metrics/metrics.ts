/** Prometheus metrics of a node (CON-144, the part that a single validator has). */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export class NodeMetrics {
  readonly registry = new Registry()
  /** What is counted when somebody asks, by those who know; set by the composition root. */
  readonly live = { connections: () => 0, sockets: () => 0, subscriptions: () => 0 }
  readonly height = this.#gauge('symbolon_checkpoint_height', 'Height of the newest checkpoint')
  readonly transactions = this.#counter(
    'symbolon_transactions_total',
    'Transactions in checkpoints, by result code',
    ['code'],
  )
  readonly blockSeconds = this.#histogram(
    'symbolon_block_seconds',
    'From taking transactions to a durable checkpoint',
  )
  readonly blockTransactions = this.#histogram(
    'symbolon_block_transactions',
    'Transactions per block',
    [0, 1, 10, 100, 1_000, 10_000],
  )
  readonly gasUsed = this.#counter('symbolon_gas_used_total', 'Gas used')
  readonly mempoolTransactions = this.#gauge('symbolon_mempool_transactions', 'Transactions that wait')
  readonly mempoolBytes = this.#gauge('symbolon_mempool_bytes', 'Bytes of transactions that wait')
  readonly mempoolEvictions = this.#gauge(
    'symbolon_mempool_dropped',
    'Transactions evicted, replaced or stale since start',
    ['reason'],
  )
  /** 1 while the node makes blocks and takes transactions. */
  readonly producing = this.#gauge('symbolon_producing', '1 while blocks are made, 0 after a failure')
  readonly rpcCalls = this.#counter('symbolon_rpc_calls_total', 'JSON-RPC calls, by method and result code', [
    'method',
    'code',
  ])
  readonly rpcSeconds = this.#histogram('symbolon_rpc_seconds', 'Duration of JSON-RPC calls', undefined, [
    'method',
  ])
  readonly connections = this.#live(
    'symbolon_connections',
    'Open connections, WebSockets included',
    'connections',
  )
  readonly sockets = this.#live('symbolon_websockets', 'Open WebSockets', 'sockets')
  readonly refused = this.#counter(
    'symbolon_requests_refused_total',
    'Requests refused before dispatch, by reason',
    ['reason'],
  )
  readonly subscriptions = this.#live('symbolon_subscriptions', 'Open subscriptions', 'subscriptions')
  readonly supplyDelta = this.#gauge(
    'symbolon_supply_delta',
    'issued - destroyed - sum of buckets: alarm unless 0',
  )
  readonly commitSeconds = this.#histogram('symbolon_commit_seconds', 'Durable write of one block')

  readonly epochSeconds = this.#histogram('symbolon_epoch_seconds', 'Computing the scores of an epoch')
  readonly trustEpoch = this.#gauge('symbolon_trust_epoch', 'Newest final scoring epoch')
  /** 1 if the final root is not what its input gives: it was wrong, and nobody challenged it. */
  readonly trustMismatch = this.#gauge('symbolon_trust_mismatch', '1 if the final root cannot be reproduced')
  readonly trustAgents = this.#gauge(
    'symbolon_trust_agents',
    'Agents of the final epoch by tenth of the score, 0 the lowest',
    ['dimension', 'decile'],
  )
  readonly trustGini = this.#gauge('symbolon_trust_gini', 'Gini coefficient of the final scores', [
    'dimension',
  ])
  readonly slashes = this.#counter('symbolon_slashes_total', 'Bonds lost, by what for', ['kind'])

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] })
  }
  #live(name: string, help: string, source: keyof NodeMetrics['live']): Gauge {
    const { live } = this
    return new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(live[source]())
      },
    })
  }
  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] })
  }
  #histogram(
    name: string,
    help: string,
    buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    labelNames: string[] = [],
  ): Histogram {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] })
  }
}
