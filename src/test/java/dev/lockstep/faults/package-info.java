/**
 * The fault test of the contract's section 7: packaged workers under a seeded load, with everything around them failing at random
 * moments, watched by a consumer that checks each record as it appears. Start reading at {@link dev.lockstep.faults.FaultRun}.
 */
package dev.lockstep.faults;
