/// Everything of metrics/ that users include: how good a model is. A metric is an object: `update` gives it more predictions
/// and what was right, `compute` says what that comes to, `reset` begins again, and `merge` adds what another one has seen.
#pragma once

#include "metrics/bleu.h"
#include "metrics/classification.h"
#include "metrics/confusion_matrix.h"
#include "metrics/edit_distance.h"
#include "metrics/perplexity.h"
#include "metrics/regression.h"
#include "metrics/span_f1.h"
