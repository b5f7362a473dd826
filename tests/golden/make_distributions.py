#!/usr/bin/env python3
"""Writes distributions.json: what torch.distributions says of a number of distributions.

A case names the class and its arguments; the C++ side (tests/distributions/golden_test.cpp) makes the same distribution, and
compares log_prob with the gradients of its sum, entropy, cdf, icdf and moments, and draws after manual_seed, with the
gradients of the draws' sum where they have some.
"""

import torch
from torch import distributions as d

from golden import encode, write

SEED = 11
cases = []
divergences = []


def attempt(function):
    try:
        return encode(function())
    except NotImplementedError:
        return None


def gradients(output, parameters):
    """Of a weighted sum, so that normalisation hides nothing."""
    if not output.requires_grad:
        return None
    weights = torch.linspace(0.5, 1.5, output.numel(), dtype=output.dtype).view(output.shape)
    found = torch.autograd.grad((output * weights).sum(), parameters, retain_graph=True, allow_unused=True)
    return [None if g is None else encode(g) for g in found]


def case(name, make, parameters, values, icdf=True, samples=(3,), mode=True):
    parameters = [p.clone().requires_grad_() for p in parameters]
    distribution = make(*parameters)
    values = torch.as_tensor(values)
    entry = {"name": name, "parameters": [encode(p) for p in parameters], "value": encode(values)}
    entry["batch_shape"] = list(distribution.batch_shape)
    entry["event_shape"] = list(distribution.event_shape)
    log_prob = distribution.log_prob(values)
    entry["log_prob"] = encode(log_prob)
    entry["log_prob_gradients"] = gradients(log_prob, parameters)
    for what in ("entropy", "mean", "mode", "variance"):
        entry[what] = attempt(lambda: getattr(distribution, what)() if what == "entropy" else getattr(distribution, what))
    if not mode:
        entry["mode"] = None
    entry["cdf"] = attempt(lambda: distribution.cdf(values))
    probability = torch.tensor([0.1, 0.5, 0.9], dtype=parameters[0].dtype)
    probability = probability.view([3] + [1] * len(distribution.batch_shape))
    entry["icdf"] = attempt(lambda: distribution.icdf(probability)) if icdf else None
    torch.manual_seed(SEED)
    entry["sample"] = encode(distribution.sample(torch.Size(samples)))
    entry["samples"] = list(samples)
    entry["next"] = encode(torch.rand(2, dtype=torch.float64))
    entry["rsample_gradients"] = None
    if distribution.has_rsample:
        torch.manual_seed(SEED)
        entry["rsample_gradients"] = gradients(distribution.rsample(torch.Size(samples)), parameters)
    if distribution.has_enumerate_support:
        try:
            entry["support"] = encode(distribution.enumerate_support())
        except NotImplementedError:
            pass
    cases.append(entry)


def divergence(p_name, p_parameters, p, q_name, q_parameters, q):
    p_parameters = [x.clone().requires_grad_() for x in p_parameters]
    q_parameters = [x.clone().requires_grad_() for x in q_parameters]
    value = d.kl_divergence(p(*p_parameters), q(*q_parameters))
    found = None
    if value.requires_grad and torch.isfinite(value).all():
        found = gradients(value, p_parameters + q_parameters)
    divergences.append({
        "p": [p_name, [encode(x) for x in p_parameters]], "q": [q_name, [encode(x) for x in q_parameters]],
        "value": encode(value), "gradients": found})


def numbers(*values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype)


MAKERS = {
    "Normal": d.Normal,
    "LogNormal": d.LogNormal,
    "Uniform": d.Uniform,
    "Exponential": d.Exponential,
    "Laplace": d.Laplace,
    "Gamma": d.Gamma,
    "Beta": d.Beta,
    "Dirichlet": d.Dirichlet,
    "StudentT": d.StudentT,
    "Bernoulli": d.Bernoulli,
    "BernoulliLogits": lambda x: d.Bernoulli(logits=x),
    "Binomial": lambda x: d.Binomial(12, x),
    "BinomialLogits": lambda x: d.Binomial(12, logits=x),
    "BinomialMany": lambda x: d.Binomial(200, x),
    "Geometric": d.Geometric,
    "GeometricLogits": lambda x: d.Geometric(logits=x),
    "Categorical": d.Categorical,
    "CategoricalLogits": lambda x: d.Categorical(logits=x),
    "OneHotCategorical": d.OneHotCategorical,
    "OneHotCategoricalLogits": lambda x: d.OneHotCategorical(logits=x),
    "Multinomial": lambda x: d.Multinomial(5, x),
    "MultinomialLogits": lambda x: d.Multinomial(5, logits=x),
    "Poisson": d.Poisson,
    "MultivariateNormal": lambda loc, tril: d.MultivariateNormal(loc, scale_tril=tril),
    "MultivariateNormalCovariance": lambda loc, factor: d.MultivariateNormal(loc, factor @ factor.mT + 0.5 * torch.eye(3, dtype=loc.dtype)),
    "MultivariateNormalPrecision": lambda loc, factor: d.MultivariateNormal(loc, precision_matrix=factor @ factor.mT + 0.5 * torch.eye(3, dtype=loc.dtype)),
    "IndependentNormal": lambda loc, scale: d.Independent(d.Normal(loc, scale), 1),
    "MixtureOfNormals": lambda w, loc, scale: d.MixtureSameFamily(d.Categorical(w), d.Normal(loc, scale)),
    "MixtureOfVectors": lambda w, loc, scale: d.MixtureSameFamily(d.Categorical(w), d.Independent(d.Normal(loc, scale), 1)),
    "SigmoidNormal": lambda loc, scale: d.TransformedDistribution(d.Normal(loc, scale), d.SigmoidTransform()),
    "TanhNormal": lambda loc, scale: d.TransformedDistribution(d.Normal(loc, scale), d.TanhTransform()),
    "SoftplusNormal": lambda loc, scale: d.TransformedDistribution(d.Normal(loc, scale), d.SoftplusTransform()),
    "AffineNormal": lambda loc, scale: d.TransformedDistribution(d.Normal(loc, scale), d.AffineTransform(numbers(1.0, -2.0), numbers(-0.5, 3.0))),
    "PowerGamma": lambda a, b: d.TransformedDistribution(d.Gamma(a, b), d.PowerTransform(numbers(-0.5).squeeze())),
    "ExpAffineNormal": lambda loc, scale: d.TransformedDistribution(d.Normal(loc, scale), [d.AffineTransform(numbers(0.5).squeeze(), numbers(2.0).squeeze()), d.ExpTransform()]),
    "StickBreakingNormal": lambda loc, scale: d.TransformedDistribution(d.Normal(loc, scale), d.StickBreakingTransform()),
}


def main():
    location = numbers(0.3, -1.2)
    scale = numbers(0.5, 2.0)
    positive = numbers([0.2, 1.5], [0.7, 3.0])
    for name in ("Normal", "Laplace"):
        case(name, MAKERS[name], [location, scale], numbers([0.1, 2.0], [-3.0, 0.5]))
        case(name, MAKERS[name], [location.float(), scale.float()], numbers([0.1, 2.0], dtype=torch.float32), samples=(20,))
        case(name, MAKERS[name], [location[0], scale], numbers(0.1, 2.0), samples=())
    case("LogNormal", MAKERS["LogNormal"], [location, scale], positive)
    case("LogNormal", MAKERS["LogNormal"], [location.float(), scale.float()], positive.float(), samples=(20,))
    case("Uniform", MAKERS["Uniform"], [numbers(-1.0, 0.0), numbers(2.0, 0.5)], numbers([0.1, 0.2], [-0.5, 0.5]))
    case("Exponential", MAKERS["Exponential"], [scale], positive)
    case("Exponential", MAKERS["Exponential"], [scale.float()], positive.float(), samples=(5, 2))
    for a, b in ((numbers(0.3, 2.5), scale), (numbers(1.0, 40.0), scale), (numbers(0.05, 7.5), scale)):
        case("Gamma", MAKERS["Gamma"], [a, b], positive)
        case("Beta", MAKERS["Beta"], [a, b], numbers([0.2, 0.5], [0.7, 0.99]), samples=(4,), mode=bool((torch.maximum(a, b) >= 1).all()))
    case("Gamma", MAKERS["Gamma"], [numbers(0.3, 2.5, dtype=torch.float32), scale.float()], positive.float(), samples=(10,))
    case("Dirichlet", MAKERS["Dirichlet"], [numbers([0.5, 1.5, 4.0], [2.0, 2.0, 3.0])], numbers([0.2, 0.3, 0.5], [0.6, 0.1, 0.3]))
    case("Dirichlet", MAKERS["Dirichlet"], [numbers(0.2, 0.3, 0.4)], numbers(0.2, 0.3, 0.5), samples=(8,), mode=False)  # PyTorch takes the first
    for df in (numbers(0.7, 1.5), numbers(2.5, 30.0)):
        case("StudentT", MAKERS["StudentT"], [df, location, scale], numbers([0.1, 2.0], [-3.0, 0.5]))
    probs = numbers(0.3, 0.85, 0.5)
    logits = numbers(-1.2, 0.4, 2.5)
    bits = numbers([0.0, 1.0, 1.0], [1.0, 0.0, 0.0])
    for name, parameter in (("Bernoulli", probs), ("BernoulliLogits", logits)):
        case(name, MAKERS[name], [parameter], bits)
        case(name, MAKERS[name], [parameter.float()], bits.float(), samples=(50,))
    case("Bernoulli", MAKERS["Bernoulli"], [numbers(0.0, 1.0)], numbers(0.0, 1.0))
    counts = numbers([0.0, 3.0, 12.0], [5.0, 1.0, 7.0])
    case("Binomial", MAKERS["Binomial"], [probs], counts, samples=(10,))
    case("BinomialLogits", MAKERS["BinomialLogits"], [logits], counts, samples=(10,))
    case("BinomialMany", MAKERS["BinomialMany"], [probs], 10 * counts, samples=(20,))
    case("BinomialMany", MAKERS["BinomialMany"], [probs.float()], 10 * counts.float(), samples=(20,))
    case("Geometric", MAKERS["Geometric"], [probs], counts, samples=(10,))
    case("GeometricLogits", MAKERS["GeometricLogits"], [logits], counts)
    weights = numbers([1.0, 2.0, 0.5, 3.0], [0.2, 0.1, 0.4, 0.3])
    scores = numbers([0.5, -1.0, 2.0, 0.0], [3.0, 1.0, -2.0, 0.5])
    index = torch.tensor([[0, 3], [2, 1], [1, 1]])
    for name, parameter in (("Categorical", weights), ("CategoricalLogits", scores)):
        case(name, MAKERS[name], [parameter], index, samples=(20,))
        case(name, MAKERS[name], [parameter.float()[0]], index[:, 0], samples=())
        case(name, MAKERS[name], [parameter.float()], index, samples=(2, 3))
    for name, parameter in (("OneHotCategorical", weights), ("OneHotCategoricalLogits", scores)):
        case(name, MAKERS[name], [parameter], torch.nn.functional.one_hot(index, 4).double(), samples=(5,))
    drawn = numbers([1.0, 0.0, 4.0, 0.0], [2.0, 1.0, 1.0, 1.0])
    for name, parameter in (("Multinomial", weights), ("MultinomialLogits", scores)):
        case(name, MAKERS[name], [parameter], drawn, samples=(4,))
    case("Poisson", MAKERS["Poisson"], [numbers(0.4, 7.5, 60.0)], numbers([0.0, 3.0, 55.0], [2.0, 9.0, 70.0]), samples=(20,))
    case("Poisson", MAKERS["Poisson"], [numbers(0.0, 12.0, dtype=torch.float32)], numbers(0.0, 9.0, dtype=torch.float32), samples=(20,))
    factor = numbers([1.0, 0.0, 0.0], [0.5, 0.8, 0.0], [-0.3, 0.2, 2.0])
    vector = numbers(0.5, -1.0, 2.0)
    rows = numbers([0.1, 0.2, 0.3], [1.0, -2.0, 0.0])
    case("MultivariateNormal", MAKERS["MultivariateNormal"], [vector, factor], rows)
    case("MultivariateNormal", MAKERS["MultivariateNormal"], [rows, torch.stack([factor, 2 * factor])], rows + 1)
    case("MultivariateNormalCovariance", MAKERS["MultivariateNormalCovariance"], [vector, factor], rows)
    case("MultivariateNormalPrecision", MAKERS["MultivariateNormalPrecision"], [vector, factor], rows)
    case("IndependentNormal", MAKERS["IndependentNormal"], [rows, rows.abs() + 0.5], rows + 0.1)
    case("MixtureOfNormals", MAKERS["MixtureOfNormals"], [weights, scores, weights + 0.3], numbers(0.3, -0.5), icdf=False, samples=(6,))
    case("MixtureOfVectors", MAKERS["MixtureOfVectors"], [numbers(0.3, 0.7), rows, rows.abs() + 0.5], rows + 0.1, icdf=False, samples=(6,))
    for name in ("SigmoidNormal", "TanhNormal", "SoftplusNormal", "AffineNormal", "ExpAffineNormal"):
        case(name, MAKERS[name], [location, scale], numbers([0.1, 0.2], [0.8, 0.5]))
    case("PowerGamma", MAKERS["PowerGamma"], [numbers(1.3, 2.5), scale], positive, icdf=False)
    case("StickBreakingNormal", MAKERS["StickBreakingNormal"], [rows, rows.abs() + 0.5], numbers([0.1, 0.2, 0.3, 0.4], [0.4, 0.4, 0.1, 0.1]), icdf=False)

    arguments = {
        "Normal": [location, scale], "Laplace": [location + 0.4, scale], "LogNormal": [location, scale],
        "Exponential": [scale], "Gamma": [numbers(0.6, 2.5), scale], "Beta": [numbers(0.6, 2.5), scale],
        "Uniform": [numbers(0.1, 0.3), numbers(0.6, 0.9)], "Bernoulli": [probs], "Binomial": [probs], "Geometric": [probs],
        "Poisson": [numbers(0.4, 7.5, 2.0)], "Categorical": [weights], "OneHotCategorical": [weights],
        "Dirichlet": [numbers(0.5, 1.5, 4.0)], "MultivariateNormal": [vector, factor], "IndependentNormal": [rows, rows.abs() + 0.5],
        "SigmoidNormal": [location, scale],
    }
    others = {
        "Normal": [location + 0.7, scale * 1.3], "Laplace": [location - 0.2, scale * 1.7], "LogNormal": [location + 0.7, scale * 1.3],
        "Exponential": [scale * 0.6], "Gamma": [numbers(1.6, 0.5), scale * 2], "Beta": [numbers(1.6, 0.5), scale * 2],
        "Uniform": [numbers(0.0, 0.2), numbers(1.5, 0.95)], "Bernoulli": [numbers(0.6, 0.2, 0.9)], "Binomial": [numbers(0.6, 0.2, 0.9)],
        "Geometric": [numbers(0.6, 0.2, 0.9)], "Poisson": [numbers(1.4, 3.5, 2.5)], "Categorical": [weights.flip(1)],
        "OneHotCategorical": [weights.flip(1)], "Dirichlet": [numbers(2.5, 0.5, 1.0)], "MultivariateNormal": [vector + 1, 2 * factor + 0.3 * factor.tril(-1)],
        "IndependentNormal": [rows + 1, rows.abs() + 1], "SigmoidNormal": [location + 0.7, scale * 1.3],
    }
    pairs = 0
    for p in arguments:
        for q in others:
            try:
                divergence(p, arguments[p], MAKERS[p], q, others[q], MAKERS[q])
                pairs += 1
            except NotImplementedError:
                pass
    wide = numbers(-0.5, 0.05), numbers(1.5, 0.5)  # log 0 is NaN in PyTorch
    for q in ("Uniform", "Beta", "Exponential", "Gamma"):
        divergence("Uniform", wide, MAKERS["Uniform"], q, others[q], MAKERS[q])
    divergence("Bernoulli", [numbers(0.0, 1.0, 0.5)], MAKERS["Bernoulli"], "Bernoulli", [numbers(0.0, 0.3, 0.0)], MAKERS["Bernoulli"])
    divergence("Categorical", [numbers(0.0, 0.4, 0.6)], MAKERS["Categorical"], "Categorical", [numbers(0.5, 0.5, 0.0)], MAKERS["Categorical"])
    print(pairs, "pairs")
    write("distributions", [{"cases": cases, "divergences": divergences, "seed": SEED}])


main()
