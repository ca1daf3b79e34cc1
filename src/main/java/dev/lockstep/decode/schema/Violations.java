package dev.lockstep.decode.schema;

import dev.lockstep.domain.common.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects the first {@value Limits#VIOLATIONS} violations of one command and counts the rest. */
public final class Violations {

    private final List<Violation> listed = new ArrayList<>(0);
    private int count;
    private int laterRuleCount;

    public void add(Pointer at, String message) {
        add(at, () -> message);
    }

    /** @param message built only while there is room: hostile data must not cost work */
    public void add(Pointer at, Supplier<String> message) {
        if (countAndCheckRoom()) {
            listed.add(new Violation(at.toString(), message.get()));
        }
    }

    /** Adds a violation of a rule that the first release, 0.1.0, did not have. */
    public void addFromLaterRule(Pointer at, String message) {
        laterRuleCount++;
        add(at, message);
    }

    /** Whether 0.1.0 would have found none of them, and so may have accepted the command. */
    public boolean areOnlyFromLaterRules() {
        return laterRuleCount == count;
    }

    public void add(Violation violation) {
        if (countAndCheckRoom()) {
            listed.add(violation);
        }
    }

    /** @return whether there was room for one more */
    private boolean countAndCheckRoom() {
        return count++ < Limits.VIOLATIONS;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public List<Violation> listed() {
        return List.copyOf(listed);
    }

    /** The first violation in words, and how many there are. */
    public String summary() {
        Violation first = listed.get(0);
        boolean asks = first.message().endsWith("?");
        String rest = count == 1 ? (asks ? "" : ".") : (asks ? " " : "; ") + count + " violations in all.";
        String cut = count > listed.size() ? " The first " + listed.size() + " are listed." : "";
        return first.pointer() + " " + first.message() + rest + cut;
    }
}
