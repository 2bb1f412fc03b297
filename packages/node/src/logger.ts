/**
 * The log of a node: one JSON object per line (pino). Fields are in the package page. What could be secret is censored by name,
 * wherever it stands up to two levels deep, so that an error that carries a request cannot publish a credential.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { NodeConfig } from './config.ts'

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'macaroon',
  'passphrase',
  'password',
  'preimage',
  'privateKey',
  'secretKey',
  'seed',
]

export function createLogger(level: NodeConfig['logLevel'], destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
