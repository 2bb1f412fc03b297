/** A seller of one file, durable to the disk. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Channel, StreamPayee } from '@symbolon/channels'
import { utf8 } from '@symbolon/primitives'
import { listenForSeller, OwnKeys, Seller } from '@symbolon/sdk'
import { announce, commands, marker } from './marker.ts'
import { addressOfProcess, connect, directory, PRICE, rowsOfFile, seed } from './setting.ts'

announce(Channel.prototype, 'fulfilHtlc', () => 'fulfil')
announce(Channel.prototype, 'update', (operations) => `update ${operations.map(({ kind }) => kind).join()}`)
const deliver = StreamPayee.prototype.deliver
let delivered = 0
StreamPayee.prototype.deliver = function (units, bytes): void {
  deliver.call(this, units, bytes)
  delivered += units
  if (Math.floor(delivered / 100) > Math.floor((delivered - units) / 100)) marker('delivered')
}

const earlier = addressOfProcess('seller')
const listener = await listenForSeller('127.0.0.1', earlier === undefined ? 0 : Number(new URL(earlier).port))
for (;;) {
  const client = await connect()
  try {
    const seller = await Seller.open({
      client,
      keys: new OwnKeys({ account: seed('seller/account'), channel: seed('seller/channel') }),
      directory: join(directory, 'seller'),
      url: listener.url,
      rootSecrets: new Map([[1, seed('root secret')]]),
      rootVersion: 1,
      onError: (error) => marker(`error ${error}`),
    })
    announce(seller.journal, 'commitPurchase', () => 'commit')
    announce(seller.journal, 'authenticate', () => 'authenticate')
    const content = utf8(`index,value\n${rowsOfFile().join('\n')}\n`)
    await seller.sellFile({ name: 'samples.csv', format: 'csv', content }, PRICE)
    listener.attach(seller)
    await seller.publish()
    break
  } catch (error) {
    // The node died while the seller started: a journal that is open stays locked, so start anew as a process would.
    marker(`error ${error}`)
    process.exit(4)
  }
}
writeFileSync(join(directory, 'seller.url'), listener.url)
marker('ready')
commands((line) => {
  if (line === 'stop') process.exit(0)
})
