"""What a child process prints, in bounded memory: the beginning is said as it comes, the end is kept, the rest is counted.

Bytes that are not UTF-8 are replaced, never a fault.
"""

from __future__ import annotations

from codecs import getincrementaldecoder

from ropewalk.processes.desk import ProcessListener

CHANNELS = ("out", "err")
_decoder = getincrementaldecoder("utf-8")


class Capture:
    """Takes the bytes of both channels; says at most about `output_bytes` of them on the desk.

    `tail_bytes` of each channel are kept for `text`; what is neither said nor kept is only counted.
    """

    def __init__(
        self, desk: ProcessListener, output_bytes: int = 1_048_576, tail_bytes: int = 65_536
    ) -> None:
        self._desk = desk
        self._kept = tail_bytes
        self._last = min(tail_bytes, output_bytes // 4)
        self._room = max(output_bytes - 2 * self._last, 0)
        self._decoders = {channel: _decoder("replace") for channel in CHANNELS}
        self._tails = {channel: bytearray() for channel in CHANNELS}
        self._unsaid = dict.fromkeys(CHANNELS, 0)
        self.total_bytes = 0
        self.cut_bytes = 0

    def take(self, channel: str, data: bytes) -> None:
        """More bytes came from this channel."""
        self._desk.alive()
        self.total_bytes += len(data)
        tail = self._tails[channel]
        tail += data
        if len(tail) > 2 * self._kept:
            del tail[: -self._kept]
        passed_on = data[: self._room] if not self._unsaid[channel] else b""
        if passed_on:
            self._room -= len(passed_on)
            self._say(channel, passed_on)
        self._unsaid[channel] += len(data) - len(passed_on)

    def close(self) -> None:
        """No more comes: say how much was left out, then the end of it."""
        for channel in CHANNELS:
            self._say(channel, b"", final=True)
            unsaid = self._unsaid[channel]
            if not unsaid:
                continue
            end = bytes(self._tails[channel][-min(unsaid, self._last) :]) if self._last else b""
            cut = unsaid - len(end)
            self.cut_bytes += cut
            if cut:
                self._desk.say(f"\n[ropewalk left out {cut:,} bytes here]\n", channel)
            if end:
                self._desk.say(end.decode("utf-8", "replace"), channel)

    def text(self, channel: str = "out") -> str:
        """The end of what the channel said, at most `tail_bytes` of it."""
        return bytes(self._tails[channel][-self._kept :]).decode("utf-8", "replace")

    def _say(self, channel: str, data: bytes, *, final: bool = False) -> None:
        text = self._decoders[channel].decode(data, final)
        if text:
            self._desk.say(text, channel)
