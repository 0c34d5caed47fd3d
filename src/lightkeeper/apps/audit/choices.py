"""What can be recorded, and which of the law's words each belongs to."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    """Data Protection Act 2018 s.62: six acts, and two of our own."""

    COLLECT = "collect"
    ALTER = "alter"
    CONSULT = "consult"
    DISCLOSE = "disclose"
    COMBINE = "combine"
    ERASE = "erase"
    DENY = "deny"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Verb.CONSULT: _("Consultation"),
    Verb.COLLECT: _("Collection"),
    Verb.ALTER: _("Alteration"),
    Verb.COMBINE: _("Combination"),
    Verb.DISCLOSE: _("Disclosure"),
    Verb.ERASE: _("Erasure"),
    Verb.DENY: _("Refusal"),
    Verb.ADMIN: _("Administration"),
}


class LookRuleCode(TextChoices):
    """What about a look may be unusual. The thresholds are in the dated rows of the rules."""

    OWN_NAME = "own_name", _("Own family name")
    COLLEAGUE = "colleague", _("A colleague")
    NO_PART = "no_part", _("No part in any work on it")
    HOURS = "hours", _("Outside hours")
    VOLUME = "volume", _("More than the role looks at")


class FlagVerdict(TextChoices):
    LAWFUL = "LAWFUL", _("Lawful: there was a reason")
    LESSON = "LESSON", _("Lesson: no reason, spoken about")
    CONDUCT = "CONDUCT", _("Conduct: handed to professional standards")


class Did(StrEnum):
    """Each thing that people and jobs do. The part before the colon is the verb of the law."""

    SIGNED_IN = "admin:signed in"
    SIGN_IN_FAILED = "deny:sign-in failed"
    SIGNED_OUT = "admin:signed out"
    PASSWORD_CHANGED = "admin:password changed"  # noqa: S105
    FACTOR_BEGUN = "admin:two-step sign-in begun"
    FACTOR_ON = "admin:two-step sign-in turned on"
    FACTOR_OFF = "admin:two-step sign-in turned off"
    FACTOR_OFF_ASKED = "admin:lost second factor asked about"
    FACTOR_OFF_CONFIRMED = "admin:lost second factor turned off"
    PASSKEY_BEGUN = "admin:passkey begun"
    PASSKEY_ADDED = "admin:passkey added"
    PASSKEY_REMOVED = "admin:passkey removed"
    OUTSIDE_ENTERED = "admin:sign-in elsewhere entered"
    OUTSIDE_REMOVED = "admin:sign-in elsewhere removed"
    PROVED = "admin:proved again who it is"
    DRAFT_GIVEN_BACK = "admin:own draft given back"
    SESSION_ENDED = "admin:own session ended"
    COMPARTMENTS_LISTED = "consult:compartments listed"
    COMPARTMENT_SEEN = "consult:compartment seen"
    COMPARTMENT_OPENED = "admin:compartment opened"
    COMPARTMENT_REVIEWED = "admin:compartment looked at again"
    COMPARTMENT_MOVE_PROPOSED = "admin:closing of a compartment proposed"
    COMPARTMENT_MOVED = "admin:compartment closed or taken up"
    COMPARTMENT_MOVE_REFUSED = "admin:closing of a compartment refused"
    COMPARTMENT_MOVE_WITHDRAWN = "admin:closing of a compartment withdrawn"
    MEMBER_PROPOSED = "admin:member proposed"
    MEMBER_APPROVED = "admin:member approved"
    MEMBER_REFUSED = "admin:member refused"
    MEMBER_WITHDRAWN = "admin:proposal of a member withdrawn"
    MEMBERSHIP_ENDED = "admin:membership ended"
    LASTING_SEEN = "admin:ends of clearance and training seen"
    RENEWED = "admin:clearance or training renewed"
    DENIED = "deny:not allowed"
    DESK_SEEN = "consult:desk"
    REPORTS_LISTED = "consult:reports listed"
    REPORT_SEEN = "consult:report seen"
    REPORT_RECEIVED = "collect:report received"
    REPORT_REPEATED = "collect:report received again"
    REPORT_REFUSED = "deny:report refused"
    REPORT_READ = "collect:report read"
    MAPPING_SEEN = "consult:mapping seen"
    MAPPING_MADE = "alter:mapping made"
    PREVIEW_SEEN = "consult:file previewed"
    QUARANTINE_LISTED = "consult:quarantine listed"
    QUARANTINED_SEEN = "consult:quarantined row seen"
    QUARANTINED_REPLAYED = "collect:quarantined row corrected"
    QUARANTINED_DISCARDED = "alter:quarantined row set aside"
    RECORDS_LISTED = "consult:records of a report listed"
    RECORD_SEEN = "consult:record seen"
    CATEGORY_DETERMINED = "alter:category determined"
    RECORDS_EXPORTED = "disclose:records exported"
    SEARCHED = "consult:search"
    SUBJECT_SEEN = "consult:subject seen"
    LINKED = "combine:records linked"
    PICTURE_RESOLVED = "combine:picture worked out"
    REVIEW_LISTED = "consult:review queue"
    PAIR_SEEN = "consult:pair seen"
    JUDGED = "combine:pair judged"
    JUDGEMENT_UNDONE = "combine:judgement undone"
    JUDGEMENTS_LISTED = "consult:judgements listed"
    PRIORITIES_LISTED = "consult:priorities listed"
    PRIORITY_SEEN = "consult:priority explained"
    FIGURES_SEEN = "admin:figures seen"
    MODELS_LISTED = "admin:models of linkage listed"
    MODEL_SEEN = "admin:model of linkage seen"
    CARDS_SEEN = "admin:accuracy by group seen"
    THRESHOLD_ASKED = "admin:threshold reading asked"
    THRESHOLD_PROPOSAL_ASKED = "admin:threshold proposal asked"
    THRESHOLD_PROPOSED = "admin:threshold proposed"
    THRESHOLD_ADOPTION_ASKED = "admin:threshold adoption asked"
    THRESHOLD_ADOPTED = "admin:threshold adopted"
    THRESHOLD_UNDOING_ASKED = "admin:threshold undoing asked"
    THRESHOLD_UNDONE = "admin:threshold undone"
    HOLDERS_ASKED = "consult:asked who holds something"
    ENQUIRIES_LISTED = "consult:enquiries listed"
    ASKS_LISTED = "consult:own questions listed"
    GLASS_BROKEN = "disclose:glass broken"
    GLASS_CLOSED = "admin:glass closed"
    GLASS_LISTED = "consult:broken glass listed"
    GLASS_SEEN = "consult:broken glass seen"
    GLASS_REVIEWED = "admin:glass reviewed"
    EXCLUDED = "admin:excluded somebody"
    LET_BACK = "admin:exclusion ended"
    HANDLING_SEEN = "consult:handling seen"
    CONDITION_SET = "admin:condition put on"
    CONDITION_LIFTED = "admin:condition lifted"
    CONDITION_ENDED = "admin:condition ended"
    CONSENT_GIVEN = "admin:consent given"
    CONSENT_WITHDRAWN = "admin:consent withdrawn"
    CONSIDERATION_OPENED = "alter:consideration opened"
    CONSIDERATIONS_LISTED = "consult:considerations listed"
    CONSIDERATION_SEEN = "consult:consideration seen"
    CONSIDERATION_DECIDED = "alter:consideration decided"
    TASK_PROPOSED = "alter:task proposed"
    TASKS_LISTED = "consult:tasks listed"
    TASK_SEEN = "consult:task seen"
    TASK_REJECTED = "alter:task not adopted"
    TASK_SENT = "disclose:task sent"
    TASK_ACCEPTED = "alter:task accepted"
    TASK_REFUSED = "alter:task refused"
    TASK_CLOSED = "alter:task closed"
    OUTCOME_RECORDED = "alter:outcome recorded"
    RESULTS_SEEN = "consult:results seen"
    RESULTS_EXPORTED = "disclose:results exported"
    REVIEWS_LISTED = "consult:reviews due listed"
    RETENTION_SEEN = "consult:retention seen"
    REVIEWED = "alter:retention reviewed"
    HELD = "alter:hold placed"
    HOLD_RELEASED = "alter:hold released"
    DISPOSAL_PROPOSED = "alter:disposal proposed"
    DISPOSAL_WITHDRAWN = "alter:disposal withdrawn"
    ERASED = "erase:disposed of"
    BYTES_ERASED = "erase:bytes removed"
    ERASURES_LISTED = "consult:erasures listed"
    NOTICES_LISTED = "consult:notices listed"
    NOTICE_ACKNOWLEDGED = "alter:notice acknowledged"
    RIGHTS_LISTED = "consult:rights requests listed"
    RIGHTS_SEEN = "consult:rights request seen"
    RIGHTS_RECEIVED = "collect:rights request received"
    RIGHTS_MOVED = "alter:rights request moved on"
    RIGHTS_CLOCK = "alter:clock of a rights request"
    RIGHTS_SEARCHED = "consult:searched for all on a person"
    RIGHTS_FOUND_SEEN = "consult:what was found seen"
    RIGHTS_DECIDED = "alter:decided for a rights request"
    RIGHTS_SIGNED = "alter:rights answer signed off"
    RIGHTS_GIVEN = "disclose:rights answer given"
    RIGHTS_REASONS_SEEN = "consult:rights reasons seen"
    PARTS_ASKED = "disclose:asked for another's part"
    PARTS_LISTED = "consult:parts asked for listed"
    PART_ANSWERED = "alter:part answered"
    CORRECTIONS_SEEN = "consult:corrections seen"
    CORRECTED = "alter:correction added"
    RESTRICTED = "alter:restricted"
    RESTRICTION_LIFTED = "alter:restriction lifted"
    BREACH_REPORTED = "collect:breach reported"
    BREACHES_LISTED = "consult:breaches listed"
    BREACH_SEEN = "consult:breach seen"
    BREACH_MOVED = "alter:breach moved on"
    BREACH_CLOCK = "alter:clock of a breach"
    BREACH_DESCRIBED = "alter:breach described"
    BREACH_LISTED = "consult:affected by a breach worked out"
    AFFECTED_SEEN = "consult:affected by a breach seen"
    BREACH_ASSESSED = "alter:risk of a breach assessed"
    BREACH_RULED = "alter:decided of a breach"
    BREACH_NOTIFIED = "disclose:breach notified"
    BREACH_SUBJECTS_TOLD = "disclose:subjects told of a breach"
    BREACH_OWNER_TOLD = "disclose:owner told of a breach"
    BREACH_GIVEN = "disclose:breach document taken out"
    SHARES_LISTED = "consult:shares of breaches listed"
    SHARE_ANSWERED = "alter:share of a breach answered"
    AUDIT_SEEN = "consult:audit seen"
    LOOKS_SEEN = "consult:who has looked seen"
    FLAGS_LISTED = "consult:unusual looks listed"
    FLAG_SEEN = "consult:unusual look seen"
    FLAG_DECIDED = "admin:unusual look decided"
    LOOKS_WATCHED = "admin:looks gone through"
    AUDIT_VERIFIED = "admin:audit verified"
    AUDIT_EXPORTED = "disclose:audit exported"
    CHECKPOINT_GIVEN = "admin:checkpoint handed out"
    ERRAND_SEEN = "admin:errand seen"

    @property
    def verb(self) -> Verb:
        return Verb(self.value.partition(":")[0])

    @property
    def words(self) -> str:
        return self.value.partition(":")[2]
