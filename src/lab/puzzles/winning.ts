// For each rule a run of acts by hand that shows what comes of taking it away: found by storms, shrunk, and held to by a test. When the
// code has changed so that one does not win any more, `tests/lab/find_winning.ts NAME` finds another.

/** What wins a puzzle. */
export interface Winning {
  /** The rule that is off. */
  readonly rule: string;
  /** The cluster. */
  readonly scenario: string;
  /** The acts, one after the other. */
  readonly acts: readonly string[];
}

/** The shortest first. */
export const WINNING: readonly Winning[] = [
  {
    rule: "quorum-minus-one",
    scenario: "hand:3:chs:1:4",
    acts: acts(
      `call 0 C write "x"`,
    ),
  },
  {
    rule: "lost-accept-is-final",
    scenario: "hand:3:chs:2:2",
    acts: acts(
      `call 0 C write "x"; call 1 A write "y"`,
    ),
  },
  {
    rule: "duplicate-counts-twice",
    scenario: "hand:3:chs:2:512",
    acts: acts(
      `call 0 B write "x"; timer B retransmit; call 1 C write "y"; B>A accept 2; timer C retransmit`,
      `C>B accept 5`,
    ),
  },
  {
    rule: "read-asks-nobody",
    scenario: "hand:3:chs:2:2",
    acts: acts(
      `call 0 C write "x"; C>B prepare 1; B>C promise 2; C>B accept 3; B>C accepted 4; call 1 B read`,
    ),
  },
  {
    rule: "learner-mixes-ids",
    scenario: "hand:3:chs:2:4",
    acts: acts(
      `call 0 C write "x"; call 1 B cas null "v1.15"; C>B prepare 1; B>C prepare 2; C>B nack 4; B>C promise 3`,
      `timer B backoff; C>B accepted 6; B>C prepare 7; C>B promise 9; C>B accept 6`,
    ),
  },
  {
    rule: "config-drift",
    scenario: "hand:4:chs:1:512",
    acts: acts(
      `call 0 B write "x"; B>D prepare 1; D>B promise 2; B>C prepare 1; C>B promise 4; B>A accept 5`,
      `B>A accepted 5`,
    ),
  },
  {
    rule: "own-value-wins",
    scenario: "hand:3:chs:2:512",
    acts: acts(
      `call 0 C write "x"; C>B prepare 1; B>C promise 2; C>B accept 3; call 1 B write "y"; B>C prepare 5`,
      `C>B promise 6; B>C accept 7`,
    ),
  },
  {
    rule: "reuse-proposal-id",
    scenario: "hand:3:chs:2:512",
    acts: acts(
      `call 0 B write "x"; B>A prepare 1; A>B promise 2; crash B; restart B; call 1 B write "y"`,
      `B>C prepare 1; C>B promise 7`,
    ),
  },
  {
    rule: "answers-older",
    scenario: "hand:3:chs:2:512",
    acts: acts(
      `call 0 C cas "v1.6" "v1.4"; C>B prepare 1; call 1 B write "x"; B>C promise 2; C>A accepted 4`,
      `C>A accept 4; B>A prepare 3; A>B promise 7; B>C accept 8`,
    ),
  },
  {
    rule: "await-gap",
    scenario: "hand:3:chs:2:512",
    acts: acts(
      `call 0 C write "x"; C>A prepare 1; call 1 A write "y"; A>C promise 2; C>B accept 4; A>B prepare 3`,
      `B>A promise 6; A>C accept 7; A>C prepare 3`,
    ),
  },
  {
    rule: "forget-disk",
    scenario: "hand:3:chs:2:512",
    acts: acts(
      `call 0 B write "x"; B>C prepare 1; C>B promise 2; B>C accept 3; crash B; restart B`,
      `call 1 A write "y"; A>B prepare 7; B>A promise 8; A>B accept 9`,
    ),
  },
  {
    rule: "learner-mixes-instances",
    scenario: "hand:3:cs:1:512",
    acts: acts(
      `call 0 C write "x"; C>B hello 0; duplicate A>C hello 0; A>C hello 0; duplicate C>A prepare 1`,
      `C>A prepare 1; A>C promise 6; C>A accept 7; A>B hello 0; C>B accept 7; duplicate A>B accepted 8`,
      `A>B accepted 8; A>B accepted 8; duplicate C>B accepted 7; C>B accepted 7`,
    ),
  },
  {
    rule: "blank-on-corrupt",
    scenario: "hand:3:chs:2:4",
    acts: acts(
      `call 0 B write "x"; call 1 A write "y"; A>C prepare 2; C>A promise 3; A>C accept 4; crash C; rot C`,
      `restart C; B>C prepare 1; C>B promise 9; B>A accept 10`,
    ),
  },
  {
    rule: "condition-checked-early",
    scenario: "hand:3:hs:1:512",
    acts: acts(
      `call 0 C cas null "v1.21"; client0>C request 1; C>client0 response 2; client0>C request 3`,
      `C>B prepare 4; B>C promise 5; C>B accept 6; B>C accepted 7; retry 0 C; client0>C request 9`,
      `C>client0 response 10`,
    ),
  },
  {
    rule: "accept-keeps-promise",
    scenario: "hand:5:chs:2:2",
    acts: acts(
      `call 0 E write "x"; call 1 D cas "v2.8" "v2.9"; E>D prepare 1; D>C prepare 2; D>E promise 3`,
      `D>B prepare 2; C>D promise 4; B>D promise 6; E>B prepare 1; B>E promise 9; E>A accept 10`,
      `D>A accept 8`,
    ),
  },
  {
    rule: "drop-when-busy",
    scenario: "hand:3:chs:2:2",
    acts: acts(
      `call 0 A write "x"; cut C>A; crash C; restart C; A>C prepare 1; timer C hello; timer C hello`,
      `timer C hello; timer C hello; timer C hello; timer C hello; call 1 C write "y"`,
    ),
  },
  {
    rule: "failed-then-succeeds",
    scenario: "hand:3:chs:3:2",
    acts: acts(
      `call 0 A write "x"; A>B prepare 1; B>A promise 2; call 1 B write "y"; timer A deadline`,
      `B>A prepare 4; A>B promise 6; call 2 B read; B>A read_request 8; A>B read_answer 9; B>A accept 7`,
      `A>B accepted 11`,
    ),
  },
  {
    rule: "retry-applies-twice",
    scenario: "hand:3:chs:1:4",
    acts: acts(
      `call 0 C write "x"; C>B prepare 1; B>C promise 2; C>A accept 3; C>B accept 3; A>B accepted 4`,
      `B>C accepted 5; B>A accepted 5; C>B prepare 7; B>C promise 9; C>A accept 10; A>C accepted 11`,
    ),
  },
  {
    rule: "accept-promise-not-saved",
    scenario: "hand:3:chs:2:4",
    acts: acts(
      `call 0 C cas "v1.8" "v1.12"; C>B prepare 1; B>C promise 2; C>B accept 3; B>C accepted 4; crash B`,
      `restart B; B>C sync_request 0; C>B snapshot 8; A>C sync_request 0; C>A snapshot 10`,
      `call 1 A cas "v1.16" "v1.4"; A>B prepare 12`,
    ),
  },
  {
    rule: "first-accepted-wins",
    scenario: "hand:3:chs:2:4",
    acts: acts(
      `call 0 B cas null "v1.4"; B>C prepare 1; C>B promise 2; call 1 C write "x"; B>C accept 3; C>B nack 5`,
      `timer B backoff; C>A prepare 4; A>C promise 8; C>A accept 9; B>C prepare 7; C>B promise 11`,
      `B>C accept 12`,
    ),
  },
  {
    rule: "catchup-loses-sessions",
    scenario: "hand:3:chs:1:512",
    acts: acts(
      `call 0 A write "x"; A>B prepare 1; B>A promise 2; timer A retransmit; A>C accept 3; A>B accept 3`,
      `A>B accepted 3; A>B accept 4; B>C accepted 6; B>A snapshot 8; A>B prepare 10; B>A promise 11`,
      `A>C accept 12; C>A accepted 13`,
    ),
  },
  {
    rule: "speak-before-save",
    scenario: "hand:3:chs:2:4",
    acts: acts(
      `hang_disk A; hang_disk C; call 0 A write "x"; A>C prepare 3; C>A promise 4; A>C accept 5; power C`,
      `power A; restart C; restart A; call 1 C write "y"; C>A prepare 11; A>C promise 12; C>A accept 13`,
    ),
  },
  {
    rule: "value-changes-under-id",
    scenario: "hand:3:hs:7:512",
    acts: acts(
      `call 1 C write "x"; client1>C request 1; C>client1 response 2; call 0 B write "y"`,
      `client0>B request 4; B>client0 response 5; retry 0 C; client0>C request 7; C>B prepare 8`,
      `B>C promise 9; C>B accept 10; client1>C request 3; timer C retransmit; C>B accept 13; C>A accept 13`,
    ),
  },
  {
    rule: "accepts-newer",
    scenario: "hand:3:chs:3:4",
    acts: acts(
      `call 0 C write "x"; C>A prepare 1; A>C promise 2; C>B accept 3; call 1 C write "y"; C>B accepted 3`,
      `C>A accept 3; B>C accepted 4; C>B prepare 8; B>C promise 9; C>A accept 10; C>A accepted 3`,
      `call 2 A write "z"; A>B prepare 13; B>A promise 14; A>C accept 15`,
    ),
  },
  {
    rule: "promise-dies-with-link",
    scenario: "hand:3:chs:4:2",
    acts: acts(
      `call 0 A cas null "v1.9"; A>B prepare 1; B>A promise 2; A>B accept 3; A>B accepted 3; B>A accepted 4`,
      `call 1 A write "x"; A>B prepare 7; B>A promise 8; A>B accept 9; call 2 A read; A>B accepted 9`,
      `A>B read_request 11; B>A accepted 10; crash B; restart B; call 3 B write "y"; B>A prepare 17`,
    ),
  },
  {
    rule: "expired-is-not-chosen",
    scenario: "hand:3:chs:3:2",
    acts: acts(
      `call 0 A write "v3.13"; call 1 A write "v3.5"; A>C prepare 1; C>A promise 3; A>C accept 4`,
      `A>C accepted 4; C>B accepted 5; A>B accepted 4; C>A accepted 5; A>C prepare 9; C>A promise 10`,
      `A>B accept 11; A>C accept 11; C>A accepted 13; A>B accepted 11; call 2 B write "v3.21"`,
      `B>A prepare 16; A>B promise 17; B>A accept 18; A>B accepted 19; call 0 B cas "v3.21" "v3.0"`,
    ),
  },
  {
    rule: "stale-promise-counts",
    scenario: "hand:3:hs:7:512",
    acts: acts(
      `call 0 B cas "v1.14" "v1.1"; client0>B request 1; B>client0 response 2; call 2 A cas "v1.3" "v1.7"`,
      `client2>A request 4; A>client2 response 5; client2>A request 6; A>B prepare 7; retry 0 C`,
      `client0>C request 9; timer A retransmit; A>B prepare 11; C>B prepare 10; B>A promise 8`,
      `A>B accept 14; B>C promise 13; B>A nack 15; timer A backoff; C>B accept 16; B>A promise 12`,
      `A>B accept 20`,
    ),
  },
  {
    rule: "value-and-index-apart",
    scenario: "hand:3:chs:1:2",
    acts: acts(
      `call 0 C cas "v1.8" "v1.19"; C>A prepare 1; A>C promise 2; C>B accept 3; B>A accepted 4; hang_disk A`,
      `C>A accept 3; crash A; restart A; B>A sync_request 0; A>B snapshot 10`,
    ),
  },
  {
    rule: "session-table-forgets",
    scenario: "hand:3:chs:3:2",
    acts: acts(
      `call 0 C write "x"; call 1 B write "y"; B>A prepare 2; call 2 B write "z"; A>B promise 3; B>A accepted 5`,
      `B>A accept 5; B>C accepted 5; A>C accepted 7; B>C accept 5; C>A prepare 10; A>C promise 11`,
      `C>A accepted 12; C>A accept 12; A>C accepted 14; retry 1 A; A>C prepare 16; C>A promise 17`,
      `A>C accept 18; C>A accepted 19`,
    ),
  },
  {
    rule: "snapshot-goes-back",
    scenario: "hand:3:chs:3:4",
    acts: acts(
      `call 0 B write "x"; call 1 C cas null "v1.20"; C>B prepare 2; B>C promise 3; C>A accept 4`,
      `C>A accepted 4; C>B accept 4; B>C accepted 7; C>B accepted 4; B>C prepare 9; B>C prepare 1`,
      `C>B promise 10; C>B snapshot 11; call 2 C write "y"; C>B prepare 14; B>C promise 15; B>A accept 12`,
      `C>B accept 16`,
    ),
  },
];

/** Acts from lines of them. */
export function acts(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split("; "));
}
