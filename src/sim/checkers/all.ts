import { MAX_SESSIONS } from "../../replica/register.ts";
import { AgreementChecker } from "./agreement.ts";
import { ChainChecker } from "./chain.ts";
import type { Checker } from "./checker.ts";
import { ExactlyOnceChecker } from "./exactly_once.ts";
import { MastershipChecker } from "./mastership.ts";
import { PromiseChecker } from "./promises.ts";
import { ProposalChecker } from "./proposals.ts";
import { ValidityChecker } from "./validity.ts";

/** The checkers that judge every step of a run of so many nodes that keep so many sessions. */
export function stepCheckers(nodes: number, maxSessions: number = MAX_SESSIONS): Checker[] {
  const agreement = new AgreementChecker(Math.floor(nodes / 2) + 1);
  return [
    agreement,
    new ValidityChecker(),
    new PromiseChecker(),
    new ProposalChecker(),
    new ChainChecker(agreement, maxSessions),
    new ExactlyOnceChecker(),
    new MastershipChecker(),
  ];
}
