# Made by `make generated` from the groups of the package, whose names load on first use.
from types import ModuleType

from bpsstats.areas import estimate_areas as estimate_areas
from bpsstats.microdata import check_round as check_round
from bpsstats.microdata import find_area as find_area
from bpsstats.microdata import read_items as read_items
from bpsstats.microdata import read_round as read_round
from bpsstats.models import average_marginal_effects as average_marginal_effects
from bpsstats.models import contrast as contrast
from bpsstats.models import education_model as education_model
from bpsstats.models import education_specifications as education_specifications
from bpsstats.models import firth_logit as firth_logit
from bpsstats.models import frequency_glm as frequency_glm
from bpsstats.models import oaxaca_blinder as oaxaca_blinder
from bpsstats.models import pool_rounds as pool_rounds
from bpsstats.models import predicted_by as predicted_by
from bpsstats.models import predicted_poverty as predicted_poverty
from bpsstats.models import quantile_regression as quantile_regression
from bpsstats.models import survey_logit as survey_logit
from bpsstats.models import survey_regression as survey_regression
from bpsstats.models import wald_test as wald_test
from bpsstats.models import welfare_model as welfare_model
from bpsstats.poverty import atkinson as atkinson
from bpsstats.poverty import bottom_40 as bottom_40
from bpsstats.poverty import change as change
from bpsstats.poverty import decompose_by_group as decompose_by_group
from bpsstats.poverty import decompose_change as decompose_change
from bpsstats.poverty import decompose_inequality as decompose_inequality
from bpsstats.poverty import deprivation_counts as deprivation_counts
from bpsstats.poverty import education_of_the_poor as education_of_the_poor
from bpsstats.poverty import engel_curve as engel_curve
from bpsstats.poverty import estimate_poverty_line as estimate_poverty_line
from bpsstats.poverty import expenditure_share as expenditure_share
from bpsstats.poverty import fgt as fgt
from bpsstats.poverty import food_share as food_share
from bpsstats.poverty import generalised_entropy as generalised_entropy
from bpsstats.poverty import generalised_lorenz as generalised_lorenz
from bpsstats.poverty import gini as gini
from bpsstats.poverty import growth_incidence_curve as growth_incidence_curve
from bpsstats.poverty import headcount as headcount
from bpsstats.poverty import headcount_by_line as headcount_by_line
from bpsstats.poverty import headcount_curve as headcount_curve
from bpsstats.poverty import household_line as household_line
from bpsstats.poverty import implied_factor as implied_factor
from bpsstats.poverty import just_above as just_above
from bpsstats.poverty import lorenz as lorenz
from bpsstats.poverty import lorenz_curve as lorenz_curve
from bpsstats.poverty import mean_log_deviation as mean_log_deviation
from bpsstats.poverty import middle_40 as middle_40
from bpsstats.poverty import poor_count as poor_count
from bpsstats.poverty import poverty_gap as poverty_gap
from bpsstats.poverty import poverty_line as poverty_line
from bpsstats.poverty import poverty_profile as poverty_profile
from bpsstats.poverty import quantile as quantile
from bpsstats.poverty import quintile_ratio as quintile_ratio
from bpsstats.poverty import quintile_share as quintile_share
from bpsstats.poverty import rebase as rebase
from bpsstats.poverty import sen as sen
from bpsstats.poverty import sen_shorrocks_thon as sen_shorrocks_thon
from bpsstats.poverty import severity as severity
from bpsstats.poverty import theil as theil
from bpsstats.poverty import tip as tip
from bpsstats.poverty import tip_curve as tip_curve
from bpsstats.poverty import top_20 as top_20
from bpsstats.poverty import watts as watts
from bpsstats.poverty import work_of_the_poor as work_of_the_poor
from bpsstats.published import compare as compare
from bpsstats.published import ledger as ledger
from bpsstats.published import published as published
from bpsstats.published.record import bounds as bounds
from bpsstats.published.record import printed_record as printed_record
from bpsstats.published.record import steadiness as steadiness
from bpsstats.reporting.explorer.explore import explore as explore
from bpsstats.reporting.figures.comparisons import plot_coefficients as plot_coefficients
from bpsstats.reporting.figures.comparisons import plot_forest as plot_forest
from bpsstats.reporting.figures.comparisons import plot_panels as plot_panels
from bpsstats.reporting.figures.curves import plot_growth_incidence as plot_growth_incidence
from bpsstats.reporting.figures.curves import plot_headcount_curve as plot_headcount_curve
from bpsstats.reporting.figures.curves import plot_lorenz as plot_lorenz
from bpsstats.reporting.figures.curves import plot_tip as plot_tip
from bpsstats.reporting.figures.distribution import plot_density as plot_density
from bpsstats.reporting.figures.distribution import plot_parade as plot_parade
from bpsstats.reporting.figures.poverty import engel_figure as engel_figure
from bpsstats.reporting.figures.poverty import sensitivity_figure as sensitivity_figure
from bpsstats.reporting.figures.poverty import welfare_figure as welfare_figure
from bpsstats.reporting.figures.record import depth_figure as depth_figure
from bpsstats.reporting.figures.record import record_figure as record_figure
from bpsstats.reporting.figures.record import steadiness_figure as steadiness_figure
from bpsstats.reporting.figures.tiles import plot_map as plot_map
from bpsstats.reporting.notebook import check_notebook as check_notebook
from bpsstats.reporting.profile.pictures import profile_figure as profile_figure
from bpsstats.reporting.profile.tables import profile_table as profile_table
from bpsstats.reporting.report.release import annual_release as annual_release
from bpsstats.reporting.tables.lines import basket_table as basket_table
from bpsstats.reporting.tables.lines import engel_table as engel_table
from bpsstats.reporting.tables.lines import line_before as line_before
from bpsstats.reporting.tables.lines import printed_lines as printed_lines
from bpsstats.reporting.tables.models import glm_table as glm_table
from bpsstats.reporting.tables.record import coherence_table as coherence_table
from bpsstats.reporting.tables.record import levels_table as levels_table
from bpsstats.reporting.tables.table import table as table
from bpsstats.reporting.words.line import say_line as say_line
from bpsstats.reporting.words.line import say_rebuilt_line as say_rebuilt_line
from bpsstats.reporting.words.poverty import say_poverty as say_poverty
from bpsstats.reporting.words.profile import say_food as say_food
from bpsstats.reporting.words.record import say_record as say_record
from bpsstats.reporting.words.release import say_observed as say_observed
from bpsstats.reporting.words.release import say_source as say_source
from bpsstats.survey import SurveyDesign as SurveyDesign
from bpsstats.survey import balanced as balanced
from bpsstats.survey import bootstrap as bootstrap
from bpsstats.survey import calibrate as calibrate
from bpsstats.survey import crosstab as crosstab
from bpsstats.survey import estimate as estimate
from bpsstats.survey import given_weights as given_weights
from bpsstats.survey import jackknife as jackknife
from bpsstats.survey import mean as mean
from bpsstats.survey import population as population
from bpsstats.survey import ratio as ratio
from bpsstats.survey import replicate as replicate
from bpsstats.survey import share as share
from bpsstats.survey import total as total

__version__: str
GROUPS: dict[str, tuple[str, dict[str, str]]]
rounds: ModuleType
designs: ModuleType
statistics: ModuleType
lines: ModuleType
indices: ModuleType
inequality: ModuleType
profiles: ModuleType
curves: ModuleType
changes: ModuleType
modelling: ModuleType
printed: ModuleType
plots: ModuleType
release: ModuleType
