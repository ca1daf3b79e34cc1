package dev.lockstep.domain;

import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;

/**
 * Which deployment is asked for.
 *
 * @param release the current one, if this is an undeploy
 * @param action as it was asked for; what it really is shows when it starts
 */
record RequestedDeployment(Environment environment, Release release, Deployment.Action action) {}
