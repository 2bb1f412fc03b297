/** `symbolon pay`, `balance`, `supply` and `transaction show`: accounts on the ledger. */
import { installNativeProviders } from '@symbolon/native'
import { type Address, formatAddress, formatAmount, parseAmount, toHex, toJson } from '@symbolon/primitives'
import { BUCKETS, transactionBody } from '@symbolon/protocol'
import { openSpender } from '../agent/spender.ts'
import type { Declare } from '../command.ts'
import { CliError } from '../errors.ts'
import { renderFacts, renderTable } from '../output/table.ts'
import { parseHash, usage } from '../parse.ts'

export const declarePay: Declare = (program, bind) => {
  program
    .command('pay')
    .argument('<to>', 'address, DID or name')
    .argument('<units>', 'amount, such as 1.5')
    .summary('transfer units')
    .description(
      'Transfers units on the ledger and waits until the transfer is final. An agent with a mandate pays within it; see --as.',
    )
    .withExamples('symbolon pay seller 0.5', 'symbolon pay sym1… 12 --as principal')
    .action(
      bind(async (context, [to = '', units = '']) => {
        const recipient = context.home.address(to)
        const amount = parseAmount(units)
        if (amount === 0n) throw usage('there is nothing to pay: the amount is 0')
        installNativeProviders()
        const spender = await openSpender(context)
        const ledger = await spender.ledger()
        const { id, height, receipt } = await ledger.transact({
          kind: 'accounts.transfer',
          body: { to: recipient, amount },
        })
        const fee = formatAmount(receipt.feeCharged)
        context.output.result(
          {
            transaction: toHex(id),
            height: Number(height),
            from: formatAddress(spender.address),
            to: formatAddress(recipient),
            amount: formatAmount(amount),
            fee,
          },
          `paid ${formatAmount(amount)} units to ${context.display(recipient, formatAddress(recipient))}, final at height ${height}; fee ${fee}\n${toHex(id)}`,
        )
      }),
    )
}

export const declareBalance: Declare = (program, bind) => {
  program
    .command('balance')
    .argument('[who]', 'address, DID or name (default: all names of this home)')
    .summary('what accounts hold')
    .description('Shows liquid units. What is locked in channels and bonds is not among them.')
    .action(
      bind(async (context, [who]) => {
        const { home } = context
        const asked: { name: string; address: Address }[] =
          who === undefined
            ? home.config.addresses
            : [{ name: home.nameOf(home.address(who)) ?? '', address: home.address(who) }]
        const client = await context.client()
        const accounts = await Promise.all(
          asked.map(async (one) => ({
            ...one,
            ...(await client.call('account.get', { address: one.address })),
          })),
        )
        context.output.result(
          {
            accounts: accounts.map(({ name, address, balance, nonce, height }) => ({
              name,
              address: formatAddress(address),
              balance: formatAmount(balance),
              nonce: Number(nonce),
              height: Number(height),
            })),
          },
          () =>
            renderTable(
              [{ name: 'name' }, { name: 'address' }, { name: 'units', align: 'right' }],
              accounts.map(({ name, address, balance }) => [
                name,
                formatAddress(address),
                formatAmount(balance),
              ]),
            ),
        )
      }),
    )
}

export const declareSupply: Declare = (program, bind) => {
  program
    .command('supply')
    .summary('where all units of the frame are')
    .description(
      'Shows what was issued and destroyed, and in which bucket every unit is. The difference must be 0: the command fails otherwise.',
    )
    .action(
      bind(async (context) => {
        const client = await context.client()
        const { supply, circulating, delta, height } = await client.call('supply.get', {})
        const buckets = BUCKETS.map((bucket, i) => [bucket, formatAmount(supply.buckets[i] ?? 0n)] as const)
        context.output.result(
          {
            height: Number(height),
            issued: formatAmount(supply.issued),
            destroyed: formatAmount(supply.destroyed),
            circulating: formatAmount(circulating),
            buckets: Object.fromEntries(buckets),
            delta,
          },
          () =>
            renderTable(
              [{ name: `at height ${height}` }, { name: 'units', align: 'right' }],
              [
                ['issued', formatAmount(supply.issued)],
                ['destroyed', formatAmount(supply.destroyed)],
                ...buckets
                  .filter(([, units]) => units !== '0')
                  .map(([bucket, units]) => [`  ${bucket}`, units]),
                ['difference', delta],
              ],
            ),
        )
        if (delta !== '0')
          throw new CliError(
            'SUPPLY_MISMATCH',
            `the supply differs from its buckets by ${delta} base units: stop trusting this node`,
          )
      }),
    )
}

export const declareTransaction: Declare = (program, bind) => {
  const transaction = program
    .command('transaction')
    .summary('look at transactions')
    .description('Looks at transactions of the frame.')
  transaction
    .command('show')
    .argument('<id>', 'identifier, 64 hexadecimal digits')
    .description('Shows a transaction, its receipt, and that the frame has certified it.')
    .action(
      bind(async (context, [text = '']) => {
        const id = parseHash(text, 'transaction')
        const client = await context.client()
        const { transaction: found, receipt, height, pending } = await client.call('transaction.get', { id })
        if (found === undefined || receipt === undefined) {
          if (!pending)
            throw new CliError(
              'TRANSACTION_UNKNOWN',
              'the frame has no such transaction; check the identifier',
            )
          return context.output.result({ transaction: toHex(id), pending: true }, 'waits for a block')
        }
        // Proven from the genesis of this home, not taken from the node's word.
        await client.proveTransaction(id)
        const { sender, nonce, payload } = found.body
        const json = toJson(transactionBody, found.body) as { payload: { body: never } }
        context.output.result(
          {
            transaction: toHex(id),
            pending: false,
            height: Number(height ?? 0n),
            code: receipt.code,
            fee: formatAmount(receipt.feeCharged),
            gasUsed: Number(receipt.gasUsed),
            sender: formatAddress(sender),
            nonce: Number(nonce),
            kind: payload.kind,
            body: json.payload.body,
            proven: true,
          },
          () =>
            renderFacts({
              transaction: toHex(id),
              kind: payload.kind,
              result: receipt.code,
              height: `${height}, proven`,
              sender: context.display(sender, formatAddress(sender)),
              nonce: `${nonce}`,
              fee: `${formatAmount(receipt.feeCharged)} units for ${receipt.gasUsed} gas`,
              body: JSON.stringify(json.payload.body),
            }),
        )
      }),
    )
}
