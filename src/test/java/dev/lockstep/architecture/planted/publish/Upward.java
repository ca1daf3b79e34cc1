package dev.lockstep.architecture.planted.publish;

/** What a room below must not import. */
public class Upward {}
