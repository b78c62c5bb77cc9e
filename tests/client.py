#!/usr/bin/env python3
"""The whole job from a program of one's own: imports, calculates, prints, and waits for the report.

Copy this file and begin from it. It needs neither this repository nor generated code: the services tell what they offer
(server reflection, v1alpha). Python 3.9 or newer.

    pip install grpcio grpcio-reflection
    python3 client.py DATA_DIR                        # of services on this machine (formfeed up)
    python3 client.py --address vendor=HOST:7010 ... --token-file FILE [--ca CA.pem]

Money is whole cents. TINs below are of a kind that is never given out.
"""

import argparse
import json
import pathlib
import sys
import uuid

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICES = ["vendor", "calculation", "forms", "spooler"]
# A call that is lost on the way may be made again: its request id, or import id, makes that safe.
AGAIN = json.dumps({"methodConfig": [{"name": [{}], "retryPolicy": {
    "maxAttempts": 5, "initialBackoff": "0.2s", "maxBackoff": "5s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]})


class Service:
    """One service: its methods, by what it tells of itself."""

    def __init__(self, address, token, ca=None):
        target = address.split("://")[-1]
        options = [("grpc.service_config", AGAIN), ("grpc.max_receive_message_length", 64 << 20)]
        if ca or address.startswith("https://"):
            trusted = grpc.ssl_channel_credentials(pathlib.Path(ca).read_bytes() if ca else None)
            channel = grpc.secure_channel(target, trusted, options)
        else:
            channel = grpc.insecure_channel(target, options)  # loopback: beyond it the services want TLS
        self.channel = grpc.intercept_channel(channel, Token(token))
        self.pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))

    def call(self, method, request, each=lambda answer: None):
        """Calls `package.Service/Method` and waits for its end. A list is a stream of requests; of a stream of answers `each` sees
        every one, and the last comes back."""
        name, _, verb = method.partition("/")
        facts = self.pool.FindServiceByName(name).FindMethodByName(verb)
        asked, answered = (message_factory.GetMessageClass(kind) for kind in (facts.input_type, facts.output_type))

        def message(content):
            return json_format.ParseDict(content, asked())

        shape = ("stream" if facts.client_streaming else "unary") + ("_stream" if facts.server_streaming else "_unary")
        caller = getattr(self.channel, shape)(
            f"/{method}", request_serializer=asked.SerializeToString, response_deserializer=answered.FromString)
        answer = caller(iter([message(part) for part in request]) if facts.client_streaming else message(request))
        if facts.server_streaming:
            for last in answer:  # a stream that nobody reads is called off
                each(last)
            return last
        return answer


class Token(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor,
            grpc.StreamUnaryClientInterceptor, grpc.StreamStreamClientInterceptor):
    """Sends the access token along with each call."""

    def __init__(self, token):
        self.header = ("authorization", f"Bearer {token}")

    def _with_token(self, proceed, details, request):
        metadata = [*(details.metadata or []), self.header]
        return proceed(details._replace(metadata=metadata), request)

    def intercept_unary_unary(self, proceed, details, request):
        return self._with_token(proceed, details, request)

    intercept_unary_stream = intercept_stream_unary = intercept_stream_stream = intercept_unary_unary


def on_this_machine(data_dir):
    """Addresses, token and authority of services that `formfeed up` runs on a data directory."""
    told = json.loads((data_dir / "endpoints.json").read_text())
    return {name: told[name] for name in SERVICES}, told["token_file"], told.get("ca_file")


def vouchers(vendor, cents):
    """A vendor's history: a voucher with its line, and the check that settled it."""
    voucher, payment = f"PV-{vendor}", f"PP-{vendor}"
    return [
        {"line": 2, "voucher": {"voucher_id": voucher, "vendor_id": vendor, "invoice_amount_cents": cents}},
        {"line": 2, "voucher_line": {"voucher_id": voucher, "line": 1, "amount_cents": cents, "reportable": True}},
        {"line": 2, "payment": {"payment_id": payment, "pay_vendor_id": vendor, "method": "check", "cash_account_id": "PYBANK",
                                "payment_date": {"year": 2025, "month": 6, "day": 30}, "amount_cents": cents}},
        {"line": 2, "payment_application": {"payment_id": payment, "voucher_id": voucher, "amount_cents": cents}},
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data_dir", nargs="?", type=pathlib.Path, help="of services on this machine")
    parser.add_argument("--address", action="append", default=[], metavar="SERVICE=HOST:PORT")
    parser.add_argument("--token-file")
    parser.add_argument("--ca", help="PEM of the authority that signed the services' certificates")
    parser.add_argument("--printer", help="name of a printer that is there; else one is made that writes PDFs")
    asked = parser.parse_args()
    addresses, token_file, ca = on_this_machine(asked.data_dir) if asked.data_dir else ({}, None, None)
    addresses.update(pair.split("=", 1) for pair in asked.address)
    missing = [name for name in SERVICES if name not in addresses]
    if missing or not (asked.token_file or token_file):
        parser.error("give DATA_DIR, or --token-file and an --address for each of " + ", ".join(missing or SERVICES))
    token = pathlib.Path(asked.token_file or token_file).read_text().strip()
    services = {name: Service(address, token, asked.ca or ca) for name, address in addresses.items()}
    run = str(uuid.uuid4())  # makes a retry of this very run safe

    vendors = {"PY-ADA": 123_456, "PY-BO": 60_000, "PY-CY": 59_999}
    services["vendor"].call("formfeed.vendor.v1.VendorImportService/StageVendorImport", [{"import_id": run, "records": [
        {"line": 2, "payer": {"payer_id": "PYTHON", "display_name": "Serpent Supply", "tin": "12-3456789", "phone": "555-010-0142",
                              "address": {"line_1": "2 Quay Street", "city": "Portland", "state": "ME", "postal_code": "04101"}}},
        {"line": 2, "organization": {"org_id": "PY1", "payer_id": "PYTHON"}},
        {"line": 2, "cash_account": {"cash_account_id": "PYBANK", "org_id": "PY1"}},
        *({"line": at, "vendor": {"vendor_id": vendor, "display_name": f"Vendor {vendor}", "tin": f"900-70-{at:04}", "tin_type": "itin",
                                  "classification": "individual", "flag_1099": "Y"}} for at, vendor in enumerate(vendors, 2)),
    ]}])
    history = [record for vendor, cents in vendors.items() for record in vouchers(vendor, cents)]
    imports = "formfeed.calculation.v1.ImportService"
    services["calculation"].call(f"{imports}/StageHistoryImport", [{"import_id": run, "records": history}])
    services["calculation"].call(f"{imports}/PublishImport", {"import_id": run})

    what = {"payer_id": "PYTHON", "tax_year": 2025}
    services["calculation"].call("formfeed.calculation.v1.CalculationService/Calculate",
                                 {**what, "method": "INCOME_FIRST", "request_id": run})
    printer = asked.printer
    if not printer:
        printer = f"python-{run[:8]}"
        folder = (asked.data_dir or pathlib.Path.cwd()).resolve() / "python"
        services["spooler"].call("formfeed.spooler.v1.PrinterService/CreatePrinter",
                                 {"request_id": run, "printer": {"printer_id": printer, "uri": f"file:{folder}"}})
    # The last event is the job with its final report; until then the call waits for the printer, and where need be for an operator.
    last = services["forms"].call("formfeed.forms.v1.FormsService/PrintForms", {
        **what, "form_type": "NEC", "copy": "A", "printer": f"printers/{printer}", "request_id": run, "follow": True,
        "again_reason": "the example, once more"}, each=lambda event: print(event.WhichOneof("event"), file=sys.stderr))
    print(json_format.MessageToJson(last.finished, preserving_proto_field_name=True))


if __name__ == "__main__":
    try:
        main()
    except grpc.RpcError as error:  # the sentence says what is wrong and the way out
        sys.exit(f"{error.code().name}: {error.details()}")
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}; is that where the services run (formfeed up)?")
