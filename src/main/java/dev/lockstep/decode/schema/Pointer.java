package dev.lockstep.decode.schema;

/**
 * A place in a CloudEvent, written out (RFC 6901) only when a violation needs it.
 *
 * @param parent null for a member of the envelope
 */
public record Pointer(Pointer parent, String name) {

    public static final Pointer DATA = of("data");

    public static Pointer of(String attribute) {
        return new Pointer(null, attribute);
    }

    Pointer child(String member) {
        return new Pointer(this, member);
    }

    Pointer child(int index) {
        return new Pointer(this, Integer.toString(index));
    }

    @Override
    public String toString() {
        String escaped =
                Texts.forDisplay(name, Limits.POINTER_NAME).replace("~", "~0").replace("/", "~1");
        return (parent == null ? "" : parent.toString()) + '/' + escaped;
    }
}
