package dev.lockstep.domain;

import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;

/**
 * Which deployment is asked for.
 *
 * @param release the current one, if this is an undeploy
 * @param action as requested; the actual action is determined at the start
 */
record RequestedDeployment(Environment environment, Release release, Deployment.Action action) {}
