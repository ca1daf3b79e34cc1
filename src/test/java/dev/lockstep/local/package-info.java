/**
 * Broker, database and worker on this machine, without Docker: for the local run and the tests. The test scope keeps all of it
 * out of the artefact.
 */
package dev.lockstep.local;
