import { BlockList, isIP } from 'node:net';
import { ofKind, selects, workloadsOf, type Labels, type Resource } from './resource.js';

type NetworkRule = (resources: readonly Resource[]) => readonly string[];

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface NetworkPolicy extends Resource {
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Labels };
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly object[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly object[] }[];
  };
}

/** Nothing comes in or goes out but what is named, and every policy is about pods there are. */
export const networkRules = {
  'everything is denied first': (resources) => {
    const isDenied = policiesOf(resources).some(
      ({ spec }) =>
        JSON.stringify(spec) === JSON.stringify({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    );
    return isDenied ? [] : ['NetworkPolicy'];
  },
  'a network policy is about pods there are': (resources) =>
    failing(resources, ({ spec }) =>
      workloadsOf(resources).some(({ template }) =>
        selects(spec.podSelector.matchLabels, template.metadata?.labels),
      ),
    ),
  // Without peers or ports, or with an empty list of them, a rule opens everything.
  'a rule of a network policy names peers and ports': (resources) =>
    failing(resources, ({ spec: { ingress = [], egress = [] } }) =>
      [
        ...ingress.map(({ from, ports }) => ({ peers: from, ports })),
        ...egress.map(({ to, ports }) => ({ peers: to, ports })),
      ].every(({ peers = [], ports = [] }) => peers.length > 0 && ports.length > 0 && peers.every(isNarrow)),
    ),
} satisfies Readonly<Record<string, NetworkRule>>;

function policiesOf(resources: readonly Resource[]): readonly NetworkPolicy[] {
  return ofKind<NetworkPolicy>(resources, 'NetworkPolicy');
}

function failing(
  resources: readonly Resource[],
  holds: (policy: NetworkPolicy) => boolean,
): readonly string[] {
  return policiesOf(resources).flatMap((policy) =>
    holds(policy) ? [] : [`NetworkPolicy ${policy.metadata.name}`],
  );
}

/** A peer that is some pods of named namespaces, or addresses that are not all there are. */
function isNarrow({ podSelector, namespaceSelector, ipBlock }: Peer): boolean {
  if (ipBlock !== undefined) return [ipBlock.cidr, ...(ipBlock.except ?? [])].every(isSomeAddresses);
  return [podSelector, namespaceSelector].some(
    (selector) => Object.keys(selector?.matchLabels ?? {}).length > 0,
  );
}

function isSomeAddresses(cidr: string): boolean {
  const [address = '', length = ''] = cidr.split('/');
  const family = isIP(address);
  if (family === 0 || !/^[1-9]\d*$/.test(length)) return false;
  try {
    new BlockList().addSubnet(address, Number(length), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
