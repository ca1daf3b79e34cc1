package dev.lockstep.architecture.planted.publish;

/** What a package below must not import. */
public class Upward {}
