/** What settings demand of each other. Values that are themselves wrong are absent here and not judged twice. */
import type { Limits } from '../../schemas/limits.ts';

interface CrossProblem {
  readonly setting: string;
  readonly sentence: string;
}

type Values = ReadonlyMap<string, unknown>;

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

const productionProblems = (values: Values): CrossProblem[] => {
  if (values.get('mode') !== 'production') return [];
  const problems: CrossProblem[] = [];
  if (values.get('sso.kind') === 'own') {
    problems.push({
      setting: 'sso.kind',
      sentence: 'production refuses the own signing key: use static or oidc',
    });
  }
  if (values.get('limits.profile') === 'trial') {
    problems.push({ setting: 'limits.profile', sentence: 'production refuses the trial limits' });
  }
  for (const setting of ['tcp.host', 'websocket.host']) {
    const host = values.get(setting);
    if (typeof host === 'string' && !LOOPBACK.test(host) && values.get('behind-tls') === false) {
      problems.push({
        setting,
        sentence:
          'production refuses a listener that others reach without TLS: put a TLS proxy before it and set behind-tls',
      });
    }
  }
  return problems;
};

const ssoProblems = (values: Values): CrossProblem[] => {
  const kind = values.get('sso.kind');
  if (kind === 'static' && !values.has('sso.key-file')) {
    return [{ setting: 'sso.key-file', sentence: 'static tokens need the public key of their issuer' }];
  }
  if (kind === 'oidc' && !values.has('sso.issuer')) {
    return [{ setting: 'sso.issuer', sentence: 'oidc needs the URL of the issuer' }];
  }
  return [];
};

const clusterProblems = (values: Values): CrossProblem[] => {
  if (values.get('log.kind') !== 'kafka') return [];
  const problems: CrossProblem[] = [];
  const needed: [string, string][] = [
    ['kafka.brokers', 'log.kind kafka needs some brokers: host:port,host:port'],
    ['registry.url', 'log.kind kafka needs the schema registry that all processes share'],
    ['timeline.url', 'log.kind kafka needs the database of the timelines: mysql://... or postgres://...'],
  ];
  for (const [setting, sentence] of needed) if (!values.has(setting)) problems.push({ setting, sentence });
  const [replication, minInsync] = [values.get('kafka.replication'), values.get('kafka.min-insync')];
  if (typeof replication === 'number' && typeof minInsync === 'number' && minInsync > replication) {
    problems.push({
      setting: 'kafka.min-insync',
      sentence: `more than kafka.replication, which is ${replication}`,
    });
  }
  if (values.get('mode') === 'production' && typeof replication === 'number' && replication < 3) {
    problems.push({ setting: 'kafka.replication', sentence: 'production refuses fewer than 3 copies' });
  }
  const needsUser = values.get('kafka.sasl') !== 'none';
  for (const setting of ['kafka.username', 'kafka.password']) {
    if (needsUser && !values.has(setting)) problems.push({ setting, sentence: 'kafka.sasl needs it' });
  }
  return problems;
};

const portProblems = (values: Values): CrossProblem[] => {
  const taken = new Map<unknown, string>();
  const problems: CrossProblem[] = [];
  for (const listener of ['tcp', 'websocket', 'admin']) {
    const port = values.get(`${listener}.port`);
    const other = taken.get(port);
    if (port !== undefined && port !== 0 && other !== undefined) {
      problems.push({ setting: `${listener}.port`, sentence: `${other}.port is ${port} too` });
    }
    taken.set(port, listener);
  }
  return problems;
};

const limitProblems = (limits: Limits): CrossProblem[] => {
  const problems: CrossProblem[] = [];
  const ordered: [keyof Limits, keyof Limits, string, string][] = [
    ['bodyBytesBeforeAuth', 'bodyBytes', 'limits.body-bytes-before-auth', 'limits.body-bytes'],
    ['contentBytes', 'bodyBytes', 'limits.content-bytes', 'limits.body-bytes'],
    ['bodyBytes', 'recordBytes', 'limits.body-bytes', 'limits.record-bytes'],
    ['outboundSoftBytes', 'outboundHardBytes', 'limits.outbound-soft-bytes', 'limits.outbound-hard-bytes'],
    [
      'outcomesPerDevice',
      'outcomesPerDeviceMax',
      'limits.outcomes-per-device',
      'limits.outcomes-per-device-max',
    ],
  ];
  for (const [low, high, setting, other] of ordered) {
    if (limits[low] > limits[high]) {
      problems.push({ setting, sentence: `${limits[low]} is more than ${other}, which is ${limits[high]}` });
    }
  }
  if (limits.outstandingPerConversation > limits.outcomesPerDevice) {
    problems.push({
      setting: 'limits.outstanding-per-conversation',
      sentence: `${limits.outstandingPerConversation} is more than limits.outcomes-per-device, which is ${limits.outcomesPerDevice}: a late retry could be refused as stale`,
    });
  }
  return problems;
};

export const crossProblems = (values: Values, limits: Limits): CrossProblem[] => [
  ...productionProblems(values),
  ...ssoProblems(values),
  ...clusterProblems(values),
  ...portProblems(values),
  ...limitProblems(limits),
];
