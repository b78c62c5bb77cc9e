"""A collector of traces: OpenTelemetry's own service, which writes what it is sent as lines of JSON.

usage: collector.py PORT FILE RAW

RAW takes every byte of what was sent, as it came.
"""
import json
import sys
from concurrent import futures

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc


class Traces(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, path, raw):
        self.file = open(path, "a", buffering=1)
        self.raw = open(raw, "ab", buffering=0)

    def Export(self, request, context):
        self.raw.write(request.SerializeToString())
        for resource in request.resource_spans:
            of = {a.key: a.value.string_value for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.file.write(json.dumps({
                        "service": of["service.name"],
                        "name": span.name,
                        "kind": span.kind,
                        "trace": span.trace_id.hex(),
                        "id": span.span_id.hex(),
                        "parent": span.parent_span_id.hex(),
                        "nanoseconds": span.end_time_unix_nano - span.start_time_unix_nano,
                        "status": span.status.code,
                        "attributes": {a.key: a.value.string_value or a.value.int_value for a in span.attributes},
                        "events": len(span.events),
                    }) + "\n")
        return trace_service_pb2.ExportTraceServiceResponse()


server = grpc.server(futures.ThreadPoolExecutor(4))
trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Traces(*sys.argv[2:4]), server)
assert server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
print("ready", flush=True)
server.wait_for_termination()
