package exitbox.schemas.decode;

import exitbox.schemas.text.Escape;

/// A name from the machine: its bytes and its printable form.
record Name(byte[] raw, byte[] text) {

    static Name of(byte[] data, int offset, int length) {
        byte[] raw = new byte[length];
        System.arraycopy(data, offset, raw, 0, length);
        return new Name(raw, Escape.escape(raw, 0, length));
    }
}
