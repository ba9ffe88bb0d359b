/**
 * The gallery of bugs: rules that are taken away one by one, to show that the storms find what comes of it.
 *
 * Not here: what concerns leases and a rejoin, until these exist. `catchup-then-leads`, `skips-with-ancestor` and `hung-disk-leads` need a
 * master.
 *
 * @module
 */
import type { Bug } from "./bug.ts";
import { acceptKeepsPromise } from "./accept_keeps_promise.ts";
import { acceptPromiseNotSaved } from "./accept_promise_not_saved.ts";
import { acceptedSurvivesLink } from "./accepted_survives_link.ts";
import { acceptsNewer } from "./accepts_newer.ts";
import { answersOlder } from "./answers_older.ts";
import { awaitGap } from "./await_gap.ts";
import { blankOnCorrupt } from "./blank_on_corrupt.ts";
import { catchupLosesSessions } from "./catchup_loses_sessions.ts";
import { conditionCheckedEarly } from "./condition_checked_early.ts";
import { configDrift } from "./config_drift.ts";
import { dropWhenBusy } from "./drop_when_busy.ts";
import { duplicateCountsTwice } from "./duplicate_counts_twice.ts";
import { duel } from "./duel.ts";
import { expiredIsNotChosen } from "./expired_is_not_chosen.ts";
import { failedThenSucceeds } from "./failed_then_succeeds.ts";
import { firstAcceptedWins } from "./first_accepted_wins.ts";
import { forgetDisk } from "./forget_disk.ts";
import { learnerMixesIds } from "./learner_mixes_ids.ts";
import { learnerMixesInstances } from "./learner_mixes_instances.ts";
import { lostAcceptIsFinal } from "./lost_accept_is_final.ts";
import { ownValueWins } from "./own_value_wins.ts";
import { promiseDiesWithLink } from "./promise_dies_with_link.ts";
import { quorumMinusOne } from "./quorum_minus_one.ts";
import { readAsksNobody } from "./read_asks_nobody.ts";
import { retryAppliesTwice } from "./retry_applies_twice.ts";
import { reuseProposalId } from "./reuse_proposal_id.ts";
import { sessionTableForgets } from "./session_table_forgets.ts";
import { snapshotGoesBack } from "./snapshot_goes_back.ts";
import { speakBeforeSave } from "./speak_before_save.ts";
import { stalePromiseCounts } from "./stale_promise_counts.ts";
import { valueAndIndexApart } from "./value_and_index_apart.ts";
import { valueChangesUnderId } from "./value_changes_under_id.ts";

/** All bugs, by name. */
export const BUGS: readonly Bug[] = [
  acceptKeepsPromise,
  acceptPromiseNotSaved,
  acceptedSurvivesLink,
  acceptsNewer,
  answersOlder,
  awaitGap,
  blankOnCorrupt,
  catchupLosesSessions,
  conditionCheckedEarly,
  configDrift,
  dropWhenBusy,
  duel,
  duplicateCountsTwice,
  expiredIsNotChosen,
  failedThenSucceeds,
  firstAcceptedWins,
  forgetDisk,
  learnerMixesIds,
  learnerMixesInstances,
  lostAcceptIsFinal,
  ownValueWins,
  promiseDiesWithLink,
  quorumMinusOne,
  readAsksNobody,
  retryAppliesTwice,
  reuseProposalId,
  sessionTableForgets,
  snapshotGoesBack,
  speakBeforeSave,
  stalePromiseCounts,
  valueAndIndexApart,
  valueChangesUnderId,
];
