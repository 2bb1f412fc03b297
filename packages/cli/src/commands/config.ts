/** `symbolon config` and the topic `exit-codes`: what the command line itself does. */
import { type Address, equalBytes, formatAddress } from '@symbolon/primitives'
import type { Declare } from '../command.ts'
import { CliError } from '../errors.ts'
import { exitCodeText } from '../exit-code.ts'
import { NAME_PATTERN } from '../home/config.ts'
import { SETTING_NAMES, SETTINGS } from '../home/settings.ts'
import { AGENT_NAME_CHARACTERS_MAX } from '../limits.ts'
import { renderTable } from '../output/table.ts'

export const declareConfig: Declare = (program, bind) => {
  const config = program
    .command('config')
    .summary('show settings, name addresses')
    .description(
      'Settings come from flags, then the environment, then config.json of the home, then the default.',
    )
  config
    .command('show')
    .description('Shows every setting with its value, where it comes from, and its environment variable.')
    .action(
      bind((context) => {
        const { values, sources } = context.resolved
        const rows = SETTING_NAMES.map((name) => ({
          name,
          value: values[name],
          source: sources[name],
          variable: SETTINGS[name].variable,
        }))
        context.output.result(
          { home: context.home.directory, exists: context.home.exists, settings: rows },
          () =>
            [
              `home ${context.home.directory}${context.home.exists ? '' : ' (does not exist yet)'}`,
              '',
              renderTable(
                [{ name: 'setting' }, { name: 'value' }, { name: 'from' }, { name: 'environment variable' }],
                rows.map(({ name, value, source, variable }) => [name, `${value}`, source, variable]),
              ),
            ].join('\n'),
        )
      }),
    )
  config
    .command('name')
    .argument('<name>', 'to call the address by')
    .argument('<address>', 'address or DID')
    .description('Adds a name to the address book of this home.')
    .action(
      bind((context, [name = '', text = '']) => {
        if (!NAME_PATTERN.test(name) || name.length > AGENT_NAME_CHARACTERS_MAX)
          throw new CliError(
            'NAME_MALFORMED',
            `"${name.slice(0, 40)}" is not a name: a-z, 0-9 and "-", at most ${AGENT_NAME_CHARACTERS_MAX}`,
          )
        const { home, output } = context
        const address: Address = home.address(text)
        const before = home.config.addresses.find((entry) => entry.name === name)
        if (before !== undefined && !equalBytes(before.address, address))
          throw new CliError(
            'NAME_TAKEN',
            `"${name}" is the name of ${formatAddress(before.address)}; choose another`,
          )
        if (before === undefined)
          home.saveConfig({ ...home.config, addresses: [...home.config.addresses, { name, address }] })
        output.result({ name, address: formatAddress(address) }, `${name} is ${formatAddress(address)}`)
      }),
    )
}

export const declareExitCodes: Declare = (program, bind) => {
  program
    .command('exit-codes')
    .summary('what the exit code of a command says')
    .description(exitCodeText())
    .action(bind(({ output }) => output.result(exitCodeText(), exitCodeText().trimEnd())))
}
