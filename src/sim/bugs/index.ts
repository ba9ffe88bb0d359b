/**
 * The gallery of bugs: rules that are taken away one by one, to show that the storms find what comes of it.
 *
 * @module
 */
import type { Bug } from "./bug.ts";
import { acceptKeepsPromise } from "./accept_keeps_promise.ts";
import { acceptPromiseNotSaved } from "./accept_promise_not_saved.ts";
import { acceptedSurvivesLink } from "./accepted_survives_link.ts";
import { acceptsNewer } from "./accepts_newer.ts";
import { adoptsOwnGrant } from "./adopts_own_grant.ts";
import { answersOlder } from "./answers_older.ts";
import { awaitGap } from "./await_gap.ts";
import { blankOnCorrupt } from "./blank_on_corrupt.ts";
import { catchupForgetsLease } from "./catchup_forgets_lease.ts";
import { catchupLosesSessions } from "./catchup_loses_sessions.ts";
import { catchupThenLeads } from "./catchup_then_leads.ts";
import { clocksBeyondBound } from "./clocks_beyond_bound.ts";
import { conditionCheckedEarly } from "./condition_checked_early.ts";
import { configDrift } from "./config_drift.ts";
import { dropWhenBusy } from "./drop_when_busy.ts";
import { duel } from "./duel.ts";
import { duplicateCountsTwice } from "./duplicate_counts_twice.ts";
import { expiredIsNotChosen } from "./expired_is_not_chosen.ts";
import { failedThenSucceeds } from "./failed_then_succeeds.ts";
import { firstAcceptedWins } from "./first_accepted_wins.ts";
import { forgetDisk } from "./forget_disk.ts";
import { hungDiskLeads } from "./hung_disk_leads.ts";
import { leaderReadsEarly } from "./leader_reads_early.ts";
import { learnerMixesIds } from "./learner_mixes_ids.ts";
import { learnerMixesInstances } from "./learner_mixes_instances.ts";
import { leaseOutlivesMaster } from "./lease_outlives_master.ts";
import { lostAcceptIsFinal } from "./lost_accept_is_final.ts";
import { masterCountsFromLearning } from "./master_counts_from_learning.ts";
import { masterWithoutMargin } from "./master_without_margin.ts";
import { neverVotedNeedNotWait } from "./never_voted_need_not_wait.ts";
import { oldView } from "./old_view.ts";
import { ownValueWins } from "./own_value_wins.ts";
import { promiseDiesWithLink } from "./promise_dies_with_link.ts";
import { quorumMinusOne } from "./quorum_minus_one.ts";
import { readAsksNobody } from "./read_asks_nobody.ts";
import { readsOverOwnFlight } from "./reads_over_own_flight.ts";
import { rejoinByCopy } from "./rejoin_by_copy.ts";
import { restartForgetsLease } from "./restart_forgets_lease.ts";
import { retryAppliesTwice } from "./retry_applies_twice.ts";
import { reuseProposalId } from "./reuse_proposal_id.ts";
import { sessionTableForgets } from "./session_table_forgets.ts";
import { skipsWithAncestor } from "./skips_with_ancestor.ts";
import { snapshotGoesBack } from "./snapshot_goes_back.ts";
import { snapshotMakesMaster } from "./snapshot_makes_master.ts";
import { speakBeforeSave } from "./speak_before_save.ts";
import { stalePromiseCounts } from "./stale_promise_counts.ts";
import { valueAndIndexApart } from "./value_and_index_apart.ts";
import { valueChangesUnderId } from "./value_changes_under_id.ts";
import { viewWhileWaiting } from "./view_while_waiting.ts";

/** All bugs, by name. */
export const BUGS: readonly Bug[] = [
  acceptKeepsPromise,
  acceptPromiseNotSaved,
  acceptedSurvivesLink,
  acceptsNewer,
  adoptsOwnGrant,
  answersOlder,
  awaitGap,
  blankOnCorrupt,
  catchupForgetsLease,
  catchupLosesSessions,
  catchupThenLeads,
  clocksBeyondBound,
  conditionCheckedEarly,
  configDrift,
  dropWhenBusy,
  duel,
  duplicateCountsTwice,
  expiredIsNotChosen,
  failedThenSucceeds,
  firstAcceptedWins,
  forgetDisk,
  hungDiskLeads,
  leaderReadsEarly,
  learnerMixesIds,
  learnerMixesInstances,
  leaseOutlivesMaster,
  lostAcceptIsFinal,
  masterCountsFromLearning,
  masterWithoutMargin,
  neverVotedNeedNotWait,
  oldView,
  ownValueWins,
  promiseDiesWithLink,
  quorumMinusOne,
  readAsksNobody,
  readsOverOwnFlight,
  rejoinByCopy,
  restartForgetsLease,
  retryAppliesTwice,
  reuseProposalId,
  sessionTableForgets,
  skipsWithAncestor,
  snapshotGoesBack,
  snapshotMakesMaster,
  speakBeforeSave,
  stalePromiseCounts,
  valueAndIndexApart,
  valueChangesUnderId,
  viewWhileWaiting,
];
