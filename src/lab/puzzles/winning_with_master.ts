// The same for the rules of the lease, from the runs that tests pin by hand: chance seldom finds the time that they need. What
// follows after a while has its time written before it.
import { acts, type Winning } from "./winning.ts";

/** What wins the puzzles of the lease, over a cluster with a master. */
export const WINNING_WITH_MASTER: readonly Winning[] = [
  {
    rule: "lease-outlives-master",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; A>B accepted 3`,
      `6@485 timer B lease; 7@560 timer B election; B>C prepare 8; C>B sync_request 9; B>C snapshot 10`,
      `11@618 timer B retransmit; B>C prepare 12; C>B promise 13; B>C accept 14; C>B accepted 15`,
    ),
  },
  {
    rule: "master-counts-from-learning",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; A>B accepted 3; 5@245 B>A accepted 4`,
      `6@485 timer B lease; 7@560 timer B election; B>C prepare 8; C>B sync_request 9; B>C snapshot 10`,
      `11@618 timer B retransmit; B>C prepare 12; C>B promise 13; B>C accept 14; C>B accepted 15`,
    ),
  },
  {
    rule: "snapshot-makes-master",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; 5@245 A>B accepted 3`,
      `fail A; restart A; 8@608 A>B sync_request 8; B>A snapshot 9; 10@646 timer B lease`,
      `11@721 timer B election; B>C prepare 12; C>B sync_request 13; B>C snapshot 14; 15@779 timer B retransmit`,
      `B>C prepare 16; C>B promise 17; B>C accept 18; C>B accepted 19`,
    ),
  },
  {
    rule: "restart-forgets-lease",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; A>B accepted 3`,
      `C>B sync_request 0; fail B; restart B; 9@134 timer B election; B>C prepare 10; C>B sync_request 11`,
      `B>C snapshot 12; 13@205 timer B retransmit; B>C prepare 14; C>B promise 15; B>C accept 16`,
      `C>B accepted 17`,
    ),
  },
  {
    rule: "catchup-forgets-lease",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; B>A sync_request 0`,
      `A>B snapshot 6; 7@377 timer B election; B>C prepare 8; C>B sync_request 9; B>C snapshot 10`,
      `11@446 timer B retransmit; B>C prepare 12; C>B promise 13; B>C accept 14; C>B accepted 15`,
    ),
  },
  {
    rule: "reads-over-own-flight",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; A>B accepted 3`,
      `call 0 A write "x"; A>B accept 7; A>B accepted 7; retry 0 B; call 1 A read`,
    ),
  },
  {
    rule: "leader-reads-early",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; A>B accepted 3`,
      `call 0 A write "x"; A>B accept 7; B>A accepted 8; fail A; 10@485 timer B lease; 11@516 timer B election`,
      `B>C prepare 12; C>B sync_request 13; B>C snapshot 14; 15@571 timer B retransmit; B>C prepare 16`,
      `C>B promise 17; call 1 B read`,
    ),
  },
  {
    rule: "adopts-own-grant",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; A>C accept 3; C>B accepted 5; fail A`,
      `restart A; 8@485 timer A lease; 9@569 timer A election; A>C prepare 10; C>A promise 11; A>C accept 12`,
      `C>A accepted 13; timer B lease; 15@645 timer B election; B>C prepare 16; C>B sync_request 17`,
      `B>C snapshot 18; 19@702 timer B retransmit; B>C prepare 20; C>B promise 21; B>C accept 22`,
      `C>B accepted 23`,
    ),
  },
  {
    rule: "never-voted-need-not-wait",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; C>A sync_request 0`,
      `A>C snapshot 6; B>C sync_request 0; fail C; restart C; 10@161 timer C election; C>B prepare 11`,
      `B>C sync_request 12; C>B snapshot 13; 14@235 timer C retransmit; C>B prepare 15; B>C promise 16`,
      `C>B accept 17; B>C accepted 18`,
    ),
  },
  {
    rule: "view-while-waiting",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; A>B accepted 3`,
      `C>B sync_request 0; fail B; restart B; timer C election; C>B prepare 10; B>C snapshot 11`,
      `B>C sync_request 9; C>B snapshot 13; 14@134 timer B election; B>C prepare 15; C>B promise 16`,
      `B>C accept 17; C>B accepted 18`,
    ),
  },
  {
    rule: "old-view",
    scenario: "hand:3:chs:2:512:master",
    acts: acts(
      `0@84 timer A election; A>B prepare 1; B>A promise 2; A>B accept 3; B>A accepted 4; A>B accepted 3`,
      `6@606 timer C election; C>B prepare 7; duplicate B>C snapshot 8; B>C snapshot 8; timer A lease`,
      `11@677 timer A election; A>C prepare 12; C>A promise 13; A>C accept 14; C>A accepted 15; A>C accepted 14`,
      `A>C sync_request 0; fail C; restart C; B>C snapshot 8; 21@751 timer C election; C>B prepare 22`,
      `B>C sync_request 23; C>B snapshot 24; 25@802 timer C retransmit; C>B prepare 26; B>C promise 27`,
      `C>B accept 28; B>C accepted 29`,
    ),
  },
];
