/* x.c - nobody knows whose. */
