"""The portal's services and processes on one machine, without root and without a container: for the trial, the rehearsal and the tests."""
