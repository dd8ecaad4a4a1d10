/*
 * options.c
 *		What is so if the command line does not say otherwise.
 */
#include "options.h"

Options		options = {.load = "hot", .connections = 32, .seconds = 2};
