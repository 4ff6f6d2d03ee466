/** `bubble config`: the settings in force, where each came from, and whether they are valid. */
import Table from 'cli-table3';
import { configurationPage, describeConfig, originText } from '../../infra/config/describe-config.ts';
import { configFrom, type Options, readResult } from './config-flags.ts';
import { EXIT, print, printJson } from './terminal.ts';

export const showConfig = (options: Options): number => {
  if (options['markdown'] === true) {
    process.stdout.write(configurationPage());
    return EXIT.OK;
  }
  const described = describeConfig(configFrom(options));
  const wanted =
    options['changed'] === true
      ? described.filter(({ origin }) => origin !== 'default' && origin !== 'profile')
      : described;
  if (options['json'] === true) {
    printJson(wanted);
    return EXIT.OK;
  }
  const table = new Table({ head: ['setting', 'value', 'default', 'from'], style: { head: [], border: [] } });
  for (const { name, value, default: initial, origin } of wanted) {
    table.push([name, String(value ?? ''), String(initial ?? ''), origin]);
  }
  print(table.toString());
  return EXIT.OK;
};

export const checkConfig = (options: Options): number => {
  if (options['json'] !== true) {
    configFrom(options);
    print('The configuration is valid.');
    return EXIT.OK;
  }
  const result = readResult(options);
  const problems = result.kind === 'invalid' ? result.problems : [];
  printJson({
    valid: result.kind === 'valid',
    problems: problems.map(({ setting, origin, sentence }) => ({
      setting,
      from: originText(origin),
      sentence,
    })),
    warnings: result.kind === 'valid' ? result.config.warnings : result.warnings,
  });
  return result.kind === 'valid' ? EXIT.OK : EXIT.USAGE;
};
