"""The other end of the transport tests: Python's grpcio, with bytes for messages.

    grpcio_peer.py client PORT BYTES CALLS    calls the handler under test and prints one "name: result" a line
    grpcio_peer.py server                     prints its port, serves until its standard input closes
"""
import sys
import time
from concurrent import futures

import grpc


def describe(call):
    try:
        reply = call()
        return "OK %d" % len(reply)
    except grpc.RpcError as e:
        return "%s %s" % (e.code().name, e.details())


def client(port, largest, calls):
    options = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel("127.0.0.1:%s" % port, options=options) as channel:
        def method(path):
            return channel.unary_unary(path)

        echo, hold = method("/test/Echo"), method("/test/Hold")
        for size in (0, 1, 4, 5, 6, 100_000, 5_000_000, largest):
            message = bytes(range(256)) * (size // 256) + bytes(size % 256)
            print("echo %d:" % size, "same" if echo(message) == message else "different")
        print("too large:", describe(lambda: echo(bytes(64 * 1024 * 1024 + 1))))
        print("wrong path:", describe(lambda: method("/test/Nothing")(b"x")))
        print("refused:", describe(lambda: method("/test/Refuse")(b"x")))
        print("deadline:", describe(lambda: hold(b"x", timeout=0.2)))
        held = hold.future(b"x")
        print("held:", echo(b"while held"))
        held.cancel()
        print("cancelled:", held.cancelled())
        print("compressed:", describe(lambda: echo(bytes(10_000), compression=grpc.Compression.Gzip)))
        for _ in range(calls):
            echo(b"again")
        print("%d calls: done" % calls)
    print("end")


class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        handlers = {"/test/Echo": lambda request, context: request, "/test/Hold": self.hold, "/test/Refuse": self.refuse}
        handler = handlers.get(details.method)
        return handler and grpc.unary_unary_rpc_method_handler(handler)

    @staticmethod
    def hold(request, context):
        while context.is_active():
            time.sleep(0.01)
        return b""

    @staticmethod
    def refuse(request, context):
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "100 % too späť")


def server():
    options = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    made = grpc.server(futures.ThreadPoolExecutor(4), options=options, compression=grpc.Compression.Gzip)
    made.add_generic_rpc_handlers([Handler()])
    print(made.add_insecure_port("127.0.0.1:0"), flush=True)
    made.start()
    sys.stdin.read()
    made.stop(0).wait()


if __name__ == "__main__":
    client(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])) if sys.argv[1] == "client" else server()
