package dev.lockstep.bench;

/**
 * Processor seconds, user and system.
 *
 * @param contender the worker, or whatever stands in its place
 * @param compiler the part of the contender's that its just-in-time compiler took
 * @param load this JVM: it sends the commands and reads the results
 */
record Cost(double contender, double compiler, double broker, double postgres, double load) {

    /** Of contender, broker and Postgres. */
    double all() {
        return contender + broker + postgres;
    }

    Cost since(Cost earlier) {
        return new Cost(
                contender - earlier.contender,
                compiler - earlier.compiler,
                broker - earlier.broker,
                postgres - earlier.postgres,
                load - earlier.load);
    }

    Cost times(double factor) {
        return new Cost(contender * factor, compiler * factor, broker * factor, postgres * factor, load * factor);
    }
}
