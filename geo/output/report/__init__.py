"""A solved scenario as report, Word document, slides and site sheets."""

from geo.output.report.audit_sheet import audit_pdf
from geo.output.report.docx import LOCALES, add_field, add_run, report_docx, set_font, set_language
from geo.output.report.dossier import dossier_of
from geo.output.report.dossier_need import picture_of
from geo.output.report.dossier_parts import Dossier
from geo.output.report.pdf import report_pdf
from geo.output.report.site_sheet import sheet_files, sheets_pdf, site_sheets
from geo.output.report.slides import slides_of, slides_pptx
from geo.output.report.slides_master import clean_master
