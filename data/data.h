/// Everything of data/ that users include.
#pragma once

#include "data/collate.h"
#include "data/data_loader.h"
#include "data/dataset.h"
#include "data/sampler.h"
#include "data/tabular/csv.h"
#include "data/tabular/json_lines.h"
#include "data/tabular/scaler.h"
#include "data/tabular/window_dataset.h"
#include "data/text/imdb.h"
#include "data/text/tokenizer.h"
#include "data/text/vocab.h"
#include "data/text/word_vectors.h"
