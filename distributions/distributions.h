/// Everything of distributions/ that users include: probability distributions with samples, log-probabilities and gradients.
#pragma once

#include "distributions/bernoulli.h"
#include "distributions/categorical.h"
#include "distributions/distribution.h"
#include "distributions/exponential.h"
#include "distributions/gamma.h"
#include "distributions/independent.h"
#include "distributions/kl.h"
#include "distributions/mixture_same_family.h"
#include "distributions/multivariate_normal.h"
#include "distributions/normal.h"
#include "distributions/poisson.h"
#include "distributions/transformed_distribution.h"
#include "distributions/transforms.h"
#include "distributions/uniform.h"
