/** What options of the command line take, as commander parses it; options that several commands have. */
import { InvalidArgumentError, Option } from 'commander';

export const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Not a whole number.');
  return value;
};

export const atLeastOne = (text: string): number => {
  const value = count(text);
  if (value === 0) throw new InvalidArgumentError('Not a whole number above 0.');
  return value;
};

export const share = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('Not a number from 0 to 1.');
  return value;
};

/** Of an option that may be given several times. */
export const repeated = (text: string, before: readonly string[]): string[] => [...before, text];

export const brokersOption = (one: '1' | '3'): Option =>
  new Option('--brokers <number>', 'of the cluster')
    .choices(['1', '3'])
    .default(one === '1' ? 1 : 3, one)
    .argParser((text) => {
      if (text !== '1' && text !== '3') throw new InvalidArgumentError('One broker, or three.');
      return Number(text);
    });

export const sqlOption = (): Option =>
  new Option('--sql <kind>', 'of the timelines').choices(['mysql', 'postgres']).default('mysql');
