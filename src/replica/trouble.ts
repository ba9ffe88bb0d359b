// What a node may find wrong with itself, its machine and its peers.

/** What troubles are called, so that whoever is told of one knows what to do. */
export const TROUBLE_KINDS = [
  /** A peer has another list of nodes, another format, or sends from an address that this configuration does not name. */
  "configuration_drift",
  /** A peer runs in the other mode. */
  "mixed_modes",
  /** A peer began a life without its state, though it had lived before. */
  "wiped_node",
  /** This node has lost its state, and votes for nothing yet. */
  "rejoining",
  /** A peer's datagrams bear a tag of another secret, or none. */
  "wrong_secret",
  /** Saves take long. */
  "slow_disk",
  /** The wall clock jumped. */
  "clock_jump",
  /** The process stood still. */
  "stood_still",
  /** Whatever else. */
  "other",
] as const;

/** What a trouble is called. */
export type TroubleKind = typeof TROUBLE_KINDS[number];

/** Something that is wrong, as far as a node can see. */
export interface Trouble {
  /** What it is called. */
  readonly kind: TroubleKind;
  /** The node that has to be mended, where that is known. */
  readonly about: string | null;
  /** A sentence for people, without a full stop. */
  readonly text: string;
}
