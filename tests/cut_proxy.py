"""cut_proxy.py - a TCP road that breaks where it is told to.

Usage: cut_proxy.py TARGET_PORT FOLDER

Listens on a free port of the loopback and writes it to FOLDER/port. For each
connection FOLDER/cut is read: `NAME WAY N` lets N bytes pass in that way (up:
from client to server, down, or none), over all connections of that NAME
together; then all of them end, and new ones as well, until NAME changes. How
many bytes passed stands in FOLDER/passed, and how many ends of connections
are open still: `UP DOWN OPEN`.
"""
import os
import socket
import sys
import threading

target = int(sys.argv[1])
folder = sys.argv[2]
lock = threading.Lock()
state = {"name": None, "up": 0, "down": 0, "open": []}


def write(name, text):
    path = os.path.join(folder, name)
    with open(path + ".tmp", "w") as out:
        out.write(text)
    os.rename(path + ".tmp", path)


def tell():
    write("passed", "%d %d %d\n" % (state["up"], state["down"],
                                    len(state["open"])))


def order():
    with open(os.path.join(folder, "cut")) as file:
        name, way, n = file.read().split()
    with lock:
        if name != state["name"]:
            state.update(name=name, up=0, down=0, open=[])
    return name, way, int(n)


def end(sockets):
    for each in sockets:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def carry(source, sink, way, told):
    name, cut_way, n = told
    try:
        while True:
            part = source.recv(65536)
            if not part:
                break
            with lock:
                if state["name"] != name:
                    break
                room = n - state[way] if way == cut_way else len(part)
                part = part[: max(room, 0)]
                state[way] += len(part)
                tell()
                cut = way == cut_way and state[way] >= n
            if part:
                sink.sendall(part)
            if cut:
                with lock:
                    end(state["open"])
                return
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    told = order()
    server = socket.create_connection(("127.0.0.1", target))
    with lock:
        ends = state["open"]
        ends += [client, server]
        tell()
    threads = [
        threading.Thread(target=carry, args=(client, server, "up", told)),
        threading.Thread(target=carry, args=(server, client, "down", told)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with lock:
        ends.remove(client)
        ends.remove(server)
        tell()
    client.close()
    server.close()


def main():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(50)
    write("port", "%d\n" % listener.getsockname()[1])
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


main()
