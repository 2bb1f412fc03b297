/** `npm run bench`. Progress goes to standard error, so that `--json` can be piped. */
import { runCommand } from './command.ts'

const { exitCode, output } = await runCommand(process.argv.slice(2), (line) => console.error(line))
if (exitCode === 0) console.log(output)
else console.error(output)
process.exitCode = exitCode
