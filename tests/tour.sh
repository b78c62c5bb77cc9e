#!/usr/bin/env bash
# The whole job by hand, with nothing but grpcurl and server reflection: from vendors and vouchers to counted sheets.
#
#   formfeed --data-dir DIR up        in one terminal, then in another:
#   tests/tour.sh DIR [GRPCURL]       prints what each call answers; the PDFs are in DIR/tour
set -euo pipefail
data_dir=$(cd "${1:?usage: tests/tour.sh DATA_DIR [GRPCURL]}" && pwd)
grpcurl=${2:-grpcurl}

endpoint() { python3 -c 'import json,sys; print((json.load(open(sys.argv[1]))[sys.argv[2]] or "").split("://")[-1])' "$data_dir/endpoints.json" "$1"; }
token=$(cat "$(endpoint token_file)")
# In clear on loopback; where the services have certificates, by TLS to them alone.
way=(-plaintext)
if grep -q '"https://' "$data_dir/endpoints.json"; then way=(-cacert "$(endpoint ca_file)"); fi
call() { # call SERVICE METHOD JSON...: messages of a client stream follow each other
  local server method=$2
  server=$(endpoint "$1")
  shift 2
  printf '\n$ grpcurl %s %s\n' "$server" "$method" >&2
  printf '%s\n' "$@" | "$grpcurl" "${way[@]}" -H "authorization: Bearer $token" -d @ "$server" "$method"
}
run=$(python3 -c 'import uuid; print(uuid.uuid4())')

echo "What is there? Reflection tells."
"$grpcurl" "${way[@]}" -H "authorization: Bearer $token" "$(endpoint forms)" list
"$grpcurl" "${way[@]}" -H "authorization: Bearer $token" "$(endpoint forms)" describe formfeed.forms.v1.PrintFormsRequest

echo "Stage the vendor half of an AP extract: one payer, four vendors."
call vendor formfeed.vendor.v1.VendorImportService/StageVendorImport '{
  "import_id": "'"$run"'",
  "records": [
    {"line": 2, "payer": {"payer_id": "TOUR", "display_name": "Tour Water District", "tin": "12-3456789", "phone": "555-010-0199",
      "address": {"line_1": "1 Quay Street", "city": "Portland", "state": "ME", "postal_code": "04101"}}},
    {"line": 2, "organization": {"org_id": "T1", "payer_id": "TOUR"}},
    {"line": 2, "cash_account": {"cash_account_id": "TBANK", "org_id": "T1"}}
  ]}' '{
  "records": [
    {"line": 2, "vendor": {"vendor_id": "T-ADA", "display_name": "Ada Pump", "tin": "900-70-0001", "tin_type": "itin", "classification": "individual", "flag_1099": "Y"}},
    {"line": 3, "vendor": {"vendor_id": "T-BO", "display_name": "Bo Pipe", "tin": "900-70-0002", "tin_type": "itin", "classification": "sole_proprietor", "flag_1099": "Y"}},
    {"line": 4, "vendor": {"vendor_id": "T-CY", "display_name": "Cy Valve & Sons", "tin": "12-0000003", "tin_type": "ein", "classification": "partnership", "flag_1099": "Y"}},
    {"line": 5, "vendor": {"vendor_id": "T-DEE", "display_name": "Dee Drain", "tin": "900-70-0004", "tin_type": "itin", "classification": "individual", "flag_1099": "Y"}},
    {"line": 6, "vendor": {"vendor_id": "T-LOW", "display_name": "Lo Threshold", "tin": "900-70-0005", "tin_type": "itin", "classification": "individual", "flag_1099": "Y"}}
  ]}'

echo "Stage the history half: vouchers with their lines, payments with what they settle."
history() { # VENDOR CENTS
  cat <<JSON
    {"line": 2, "voucher": {"voucher_id": "V-$1", "vendor_id": "$1", "invoice_amount_cents": $2}},
    {"line": 2, "voucher_line": {"voucher_id": "V-$1", "line": 1, "amount_cents": $2, "reportable": true}},
    {"line": 2, "payment": {"payment_id": "P-$1", "pay_vendor_id": "$1", "method": "check", "cash_account_id": "TBANK",
      "payment_date": {"year": 2025, "month": 3, "day": 14}, "amount_cents": $2}},
    {"line": 2, "payment_application": {"payment_id": "P-$1", "voucher_id": "V-$1", "amount_cents": $2}}
JSON
}
call calculation formfeed.calculation.v1.ImportService/StageHistoryImport '{"import_id": "'"$run"'", "records": ['"
  $(history T-ADA 123456), $(history T-BO 60000), $(history T-CY 250000), $(history T-DEE 70001), $(history T-LOW 59999)"']}'

echo "Publish both halves, or neither."
call calculation formfeed.calculation.v1.ImportService/PublishImport '{"import_id": "'"$run"'"}'

echo "Calculate 2025 and look at one amount down to the voucher line."
call calculation formfeed.calculation.v1.CalculationService/Calculate \
  '{"payer_id": "TOUR", "tax_year": 2025, "method": "INCOME_FIRST", "request_id": "'"$run"'"}'
call calculation formfeed.calculation.v1.CalculationService/ExplainInformation \
  '{"payer_id": "TOUR", "tax_year": 2025, "recipient_id": "T-ADA"}' |
  python3 -c 'import json,sys; print(json.load(sys.stdin)["traceText"])'

echo "Who gets a form, and who does not and why?"
call forms formfeed.forms.v1.FormsService/ListForms '{"payer_id": "TOUR", "tax_year": 2025}'

echo "A printer that writes one PDF per job, with three-form stock."
call spooler formfeed.spooler.v1.PrinterService/CreatePrinter '{"request_id": "'"$run"'",
  "printer": {"printer_id": "tour-'"${run:0:8}"'", "uri": "file:'"$data_dir"'/tour"}}'

echo "Print, and follow the job to its final report: 4 forms and 2 void on 2 sheets, total 5034.57."
call forms formfeed.forms.v1.FormsService/PrintForms '{"payer_id": "TOUR", "tax_year": 2025, "form_type": "NEC", "copy": "A",
  "printer": "printers/tour-'"${run:0:8}"'", "request_id": "'"$run"'", "follow": true, "again_reason": "the tour, once more"}'
