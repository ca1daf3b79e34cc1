package dev.lockstep.local;

/** Threads pass through while it is open and wait while it is shut. */
final class ThreadGate {

    private boolean shut;
    private long waits;

    synchronized void shut() {
        shut = true;
    }

    synchronized void open() {
        shut = false;
        notifyAll();
    }

    synchronized void pass() throws InterruptedException {
        if (shut) {
            waits++;
        }
        while (shut) {
            wait();
        }
    }

    /** How often a thread had to wait. */
    synchronized long waits() {
        return waits;
    }
}
