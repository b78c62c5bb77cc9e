"""Runs a command line in a folder as another machine's root, as a user of it, and keeps what it tells its service manager.

usage: notified.py FOLDER USER COMMAND FILE      ends with the command's own status; TERM is passed on
"""
import grp
import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys

folder, user, command, file = sys.argv[1:]
name = f"\0formfeed-notified-{os.getpid()}"
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(name)
manager.settimeout(0.2)


def enter():
    os.chroot(folder)
    os.chdir("/")
    entry = pwd.getpwnam(user)
    os.setgroups([g.gr_gid for g in grp.getgrall() if user in g.gr_mem] + [entry.pw_gid])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.umask(0o077)


environment = {"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": "@" + name[1:], "WATCHDOG_USEC": "60000000"}
service = subprocess.Popen(shlex.split(command), preexec_fn=enter, env=environment)
signal.signal(signal.SIGTERM, lambda *_: service.terminate())
with open(file, "a", buffering=1) as told:
    while service.poll() is None:
        try:
            told.write(manager.recv(4096).decode() + "\n")
        except TimeoutError:
            pass
    manager.setblocking(False)
    try:
        while True:
            told.write(manager.recv(4096).decode() + "\n")
    except BlockingIOError:
        pass
sys.exit(service.returncode if service.returncode >= 0 else 128 - service.returncode)
