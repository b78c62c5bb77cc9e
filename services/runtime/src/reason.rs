//! Every reason word of an `ErrorInfo`. Clients match on them: they never change meaning.

macro_rules! reasons {
    ($($(#[$doc:meta])+ $name:ident)+) => {
        $($(#[$doc])+ pub const $name: &str = stringify!($name);)+

        /// Every reason, for documentation and tests.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

reasons! {
    // Whose call it is.
    /// UNAUTHENTICATED: no `authorization: Bearer …`.
    TOKEN_MISSING
    /// UNAUTHENTICATED: a token that is unknown, or revoked.
    TOKEN_UNKNOWN
    /// UNAUTHENTICATED: a token whose time is over.
    TOKEN_EXPIRED
    /// UNAUTHENTICATED: a token that goes with a client certificate, which was not shown.
    CERTIFICATE_REQUIRED
    /// PERMISSION_DENIED: the token's role may not call this method.
    ROLE_NOT_ALLOWED
    /// PERMISSION_DENIED: the token has not the permission that this method takes beyond a role.
    PERMISSION_MISSING
    /// FAILED_PRECONDITION: the same person did the step before, and duty is separated.
    DUTY_NOT_SEPARATE
    /// FAILED_PRECONDITION: one person alone set the printer up, and duty is separated.
    PRINTER_NOT_APPROVED
    /// FAILED_PRECONDITION: one person may not call so many sheets spoiled or lost; it is kept as a proposal.
    SECOND_PERSON_NEEDED
    /// NOT_FOUND: somebody agreed to the proposal or withdrew it, or it was never made.
    PROPOSAL_NOT_FOUND
    /// UNAVAILABLE: the file of the separation of duty cannot be read or written.
    DUTY_UNREADABLE
    /// RESOURCE_EXHAUSTED: the token has seen as many TINs as it may for now; see the `RetryInfo`.
    TOO_MANY_REVEALS
    /// FAILED_PRECONDITION: the vendor has no TIN.
    NO_TIN
    /// PERMISSION_DENIED: only services may act for another user.
    USER_NOT_ALLOWED
    /// ALREADY_EXISTS: a token of that name exists or existed.
    TOKEN_EXISTS
    /// NOT_FOUND: no token of that name.
    TOKEN_NOT_FOUND
    /// FAILED_PRECONDITION: the last admin's token cannot be revoked.
    LAST_ADMIN_TOKEN
    /// UNAVAILABLE: the file of access tokens cannot be read or written.
    TOKENS_UNREADABLE

    /// RESOURCE_EXHAUSTED: more calls a second than a token may make; the status says when to go on.
    RATE_LIMITED

    // What was asked.
    /// INVALID_ARGUMENT: a message that is none of the method's: not Protobuf, or nested too deeply.
    MESSAGE_MALFORMED
    /// RESOURCE_EXHAUSTED: a message whose parts would take too much memory, though it is within its size; send fewer at a time.
    TOO_MANY_PARTS
    /// INVALID_ARGUMENT: see the `BadRequest` for every bad field.
    FIELDS_INVALID
    /// INVALID_ARGUMENT: a TIN that is not nine digits, or not of its kind.
    TIN_MALFORMED
    /// INVALID_ARGUMENT: a text with control characters.
    TEXT_MALFORMED
    /// INVALID_ARGUMENT: a page token of another query, or none of ours.
    PAGE_TOKEN_INVALID
    /// INVALID_ARGUMENT: `x-request-id` or `x-formfeed-user` is malformed.
    HEADER_INVALID
    /// ALREADY_EXISTS: the request id was used with other content.
    REQUEST_ID_REUSED
    /// ABORTED: the resource was changed since its etag was read.
    ETAG_MISMATCH

    // What is, and what is not.
    /// NOT_FOUND: no such payer.
    PAYER_NOT_FOUND
    /// NOT_FOUND: no such organization.
    ORGANIZATION_NOT_FOUND
    /// NOT_FOUND: no such cash account.
    CASH_ACCOUNT_NOT_FOUND
    /// NOT_FOUND: no such account.
    ACCOUNT_NOT_FOUND
    /// NOT_FOUND: no such Relate To code.
    RELATE_TO_CODE_NOT_FOUND
    /// NOT_FOUND: no box definition of that year and code.
    BOX_DEFINITION_NOT_FOUND
    /// NOT_FOUND: no such B-notice.
    B_NOTICE_NOT_FOUND
    /// NOT_FOUND: no such order to withhold.
    WITHHOLDING_ORDER_NOT_FOUND
    /// NOT_FOUND: no configuration of backup withholding from that date on.
    WITHHOLDING_CONFIGURATION_NOT_FOUND
    /// NOT_FOUND: nobody is set yet who sends electronic files.
    TRANSMITTER_NOT_FOUND
    /// NOT_FOUND: no such vendor, or no such version of it.
    VENDOR_NOT_FOUND
    /// NOT_FOUND: no such vendor address.
    VENDOR_ADDRESS_NOT_FOUND
    /// NOT_FOUND: no such voucher.
    VOUCHER_NOT_FOUND
    /// NOT_FOUND: no such payment.
    PAYMENT_NOT_FOUND
    /// NOT_FOUND: no such import.
    IMPORT_NOT_FOUND
    /// NOT_FOUND: no such calculation run.
    RUN_NOT_FOUND
    /// NOT_FOUND: no 1099 information for that payer, year and recipient.
    INFORMATION_NOT_FOUND
    /// NOT_FOUND: no saved parameters of that name.
    PARAMETER_SET_NOT_FOUND
    /// NOT_FOUND: no such form.
    FORM_NOT_FOUND
    /// NOT_FOUND: no such printing.
    PRINTING_NOT_FOUND
    /// NOT_FOUND: no such printer.
    PRINTER_NOT_FOUND
    /// NOT_FOUND: no such job.
    JOB_NOT_FOUND
    /// NOT_FOUND: no final report of that version.
    REPORT_NOT_FOUND
    /// NOT_FOUND: no such sheet in the job.
    SHEET_NOT_FOUND
    /// ALREADY_EXISTS: the resource's key is taken.
    RESOURCE_EXISTS

    // What must be so first.
    /// FAILED_PRECONDITION: an import with faults is not published.
    IMPORT_HAS_FAULTS
    /// FAILED_PRECONDITION: the import is published already.
    IMPORT_PUBLISHED
    /// ABORTED: another call stages or publishes the same import.
    IMPORT_IN_PROGRESS
    /// ABORTED: another run of the same user is at work.
    RUN_IN_PROGRESS
    /// FAILED_PRECONDITION: the run has ended.
    RUN_ENDED
    /// FAILED_PRECONDITION: the run is not completed.
    RUN_NOT_COMPLETED
    /// FAILED_PRECONDITION: the run's results are no longer kept.
    RUN_RESULTS_FORGOTTEN
    /// FAILED_PRECONDITION: the row of 1099 information was deleted by hand; revert that first.
    INFORMATION_DELETED
    /// FAILED_PRECONDITION: there is no edit to revert.
    INFORMATION_NOT_EDITED
    /// FAILED_PRECONDITION: no completed calculation for that payer and year.
    NOT_CALCULATED
    /// FAILED_PRECONDITION: no rule file covers that tax year.
    NO_RULE_FOR_YEAR
    /// FAILED_PRECONDITION: that form type did not exist in that tax year.
    NO_SUCH_FORM
    /// FAILED_PRECONDITION: no layout of that form for that year and stock.
    NO_LAYOUT
    /// FAILED_PRECONDITION: what stands on a form has no box in the format of the year asked for.
    NO_BOX_IN_FORMAT
    /// FAILED_PRECONDITION: Copy A goes on the IRS's red stock, never on plain paper.
    COPY_A_NOT_DRAWN
    /// FAILED_PRECONDITION: the printer cannot print on that stock, whatever is loaded.
    STOCK_NOT_FOR_PRINTER
    /// FAILED_PRECONDITION: files for each recipient are drawn on plain paper, one form to a sheet, into a folder.
    SPLIT_NOT_FOR_PRINTER
    /// FAILED_PRECONDITION: no letter goes to the vendor about that notice.
    NO_LETTER
    /// FAILED_PRECONDITION: what the password of a recipient's file is made of is missing.
    NO_PASSWORD
    /// FAILED_PRECONDITION: a form lacks what it must carry, such as its payer's address.
    FORM_INCOMPLETE
    /// FAILED_PRECONDITION: a value is too long for its box.
    VALUE_TOO_LONG
    /// FAILED_PRECONDITION: no forms to print.
    NOTHING_TO_PRINT
    /// FAILED_PRECONDITION: the IRS would refuse the electronic file; the messages before say why.
    EXPORT_HAS_FAULTS
    /// FAILED_PRECONDITION: the format's description for that tax year is not held here.
    NO_SCHEMA
    /// FAILED_PRECONDITION: the format is held for that tax year, but not for that form.
    NO_EFILE_MAPPING
    /// FAILED_PRECONDITION: FIRE takes nothing of that tax year any more.
    FIRE_RETIRED
    /// ALREADY_EXISTS: that payer, year and form went into an electronic file before; give a reason to make it again.
    ALREADY_EXPORTED
    /// FAILED_PRECONDITION: a retry cannot make the same file again, because what it was made of has changed.
    EXPORT_CHANGED
    /// ALREADY_EXISTS: that payer, year, form and copy, or the Form 1096 of the same jobs, was printed before; give a reason to
    /// print it again.
    ALREADY_PRINTED
    /// FAILED_PRECONDITION: persons with several vendor ids were filed the other way, merged or apart.
    TWINS_MIXED
    /// FAILED_PRECONDITION: sheets of a printing are in doubt or await a word, and its Form 1096 with them.
    PRINTING_UNDECIDED
    /// FAILED_PRECONDITION: a printing is at work still, or its hand-over was cut off; its Form 1096 waits for its end.
    PRINTING_NOT_ENDED
    /// FAILED_PRECONDITION: no form of that payer, year and type is on paper.
    NOTHING_PRINTED
    /// FAILED_PRECONDITION: several printings left forms on paper and none of them replaces the others: name one.
    PRINTING_AMBIGUOUS
    /// FAILED_PRECONDITION: a Form 1096 says something else than the final reports of its jobs.
    TRANSMITTAL_MISMATCH
    /// FAILED_PRECONDITION: the forms of a job do not add up to the sender's control total.
    CONTROL_TOTAL_MISMATCH
    /// FAILED_PRECONDITION: the form is in a transmittal; correct it instead.
    FORM_TRANSMITTED
    /// FAILED_PRECONDITION: the form was filed, or is being printed: correct it instead of leaving it out.
    FORM_FILED
    /// NOT_FOUND: that form is not left out.
    FORM_NOT_VOIDED
    /// FAILED_PRECONDITION: nothing of that payer, year and form was filed, so nothing can be corrected.
    NOTHING_FILED
    /// FAILED_PRECONDITION: what was filed is what would be filed today.
    NOTHING_TO_CORRECT
    /// FAILED_PRECONDITION: a job whose sheets with those forms are not good yet must be settled first.
    CORRECTION_WAITS
    /// ABORTED: somebody else has filed or corrected the same form meanwhile; list again.
    CORRECTED_MEANWHILE
    /// ABORTED: somebody else has filed or left out forms of the same payer, year and type meanwhile; ask again.
    FILED_MEANWHILE
    /// FAILED_PRECONDITION: IRIS corrects a record by the receipt of its file; metadata `exports` names the files.
    RECEIPT_MISSING
    /// FAILED_PRECONDITION: IRIS has no record of that form, for it was not filed as IRIS XML; correct it the way it was filed.
    NO_IRIS_RECORD
    /// FAILED_PRECONDITION: only an export that the IRS rejected, by an answer that was kept, is replaced.
    NOT_REJECTED
    /// NOT_FOUND: no such printing of Copy A or electronic file.
    FILING_NOT_FOUND
    /// FAILED_PRECONDITION: the printer has no stock, or not the stock the job needs.
    STOCK_NOT_LOADED
    /// FAILED_PRECONDITION: that serial number of the stock is in a printer, or was used.
    SERIAL_TAKEN
    /// FAILED_PRECONDITION: the printer is of a kind that is not put right so, or prints no such test sheet.
    ALIGNMENT_NOT_FOR_PRINTER
    /// INVALID_ARGUMENT: no form stock of that name.
    STOCK_UNKNOWN
    /// FAILED_PRECONDITION: the printer still has jobs.
    PRINTER_IN_USE
    /// FAILED_PRECONDITION: another spooler drives the printer and shows life.
    PRINTER_HELD
    /// NOT_FOUND: no spooler of that name ever ran on the database.
    SPOOLER_NOT_FOUND
    /// INVALID_ARGUMENT: a device URI that cannot be read.
    DEVICE_URI_INVALID
    /// PERMISSION_DENIED: a device URI whose kind is not allowed, or whose host is where no printer may be.
    DEVICE_URI_NOT_ALLOWED
    /// UNAVAILABLE: nobody says at which address the host of a device URI is.
    DEVICE_HOST_UNKNOWN
    /// FAILED_PRECONDITION: the printer says that it cannot print what would be sent to it.
    DEVICE_UNSUITABLE
    /// FAILED_PRECONDITION: the job's state does not allow that verb.
    JOB_STATE
    /// FAILED_PRECONDITION: the sheet's state does not allow that decision.
    SHEET_STATE
    /// FAILED_PRECONDITION: the number read off a sheet is not the one it was to take.
    SERIAL_MISMATCH
    /// FAILED_PRECONDITION: the device may still print the sheet.
    DEVICE_AT_WORK

    /// FAILED_PRECONDITION: the master key cannot be had, or is not the one that wrapped the data keys.
    MASTER_KEY_UNUSABLE

    // What went wrong with us.
    /// UNAVAILABLE: the database is away; safe to retry.
    STORE_UNAVAILABLE
    /// RESOURCE_EXHAUSTED: the disk that holds the database is full.
    STORE_FULL
    /// ABORTED: another writer was in the way; safe to retry.
    STORE_CONFLICT
    /// UNAVAILABLE: another service does not answer; metadata `service` names it.
    SERVICE_UNAVAILABLE
    /// UNAVAILABLE: the server is stopping.
    SHUTTING_DOWN
    /// DEADLINE_EXCEEDED: the call took longer than its deadline.
    DEADLINE_EXCEEDED
    /// RESOURCE_EXHAUSTED: too many calls at once.
    OVERLOADED
    /// INTERNAL: our bug; the log has the cause under the incident id.
    INTERNAL
}
