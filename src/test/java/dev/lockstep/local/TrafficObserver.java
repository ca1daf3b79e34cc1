package dev.lockstep.local;

/** Sees what passes through a {@link TcpProxy}. Called by the threads that forward it, one for each direction of a connection. */
@FunctionalInterface
public interface TrafficObserver {

    /**
     * @param connection the same object for everything on one connection
     * @param isRequest whether the bytes come from the client
     * @param buffer valid only during the call
     */
    void onBytes(Object connection, boolean isRequest, byte[] buffer, int length);
}
